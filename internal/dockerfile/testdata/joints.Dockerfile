FROM a
RUN echo 1 \
\
  \  
 echo 2
\ 
 \

RUN x
