FROM a
\
RUN echo b
RUN echo no newline \