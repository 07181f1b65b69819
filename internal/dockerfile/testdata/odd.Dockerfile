
   # indented comment
 FROM   debian:12   AS   x
	RUN	echo	tabs
run echo lower \
continued with no blank
RUN echo \\
RUN echo \\\
RUN swallowed
RUN [ "a", "b" ]
RUN ["a", 'b']
RUN ["unterminated", 
RUN [ -f /x ] && echo test
CMD []
CMD echo  inner   blanks  
ENTRYPOINT [ "sh", "-c", "echo \"q\" \u4e2d" ]
COPY [ "a b", "c" ]
COPY 文件 /目标/
ADD https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz /tmp/
EXPOSE 80  443
WORKDIR /a b
USER app:app
RUN --mount="type=cache,target=/x y" --network=none --security=insecure -- --not-a-flag
RUN --
RUN -- echo x
ONBUILD COPY --chown=1:1 . /src
ONBUILD ENV A=1 B=2
HEALTHCHECK	CMD   curl -f http://localhost/ || exit 1
RUN echo end \
