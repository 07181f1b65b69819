# escape = `
FROM mcr.example/windows/servercore:ltsc2022
COPY a.exe C:\
RUN dir C:\ && `
    echo done ` 
    && echo again
ENV A=1`
 B=c:\x
ENV Q="a`"b" R=a` b
RUN ["cmd", "/S", "/C", "echo"]
RUN echo ``
RUN echo after
