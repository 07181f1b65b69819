# syntax=docker/dockerfile:1.7
# In the spirit of articles about Go on Xinchuang systems.
FROM uos/server:20

ENV GOROOT=/usr/lib/go \
    GOPATH=/go \
    GOPROXY=https://goproxy.cn,direct \
    GOSUMDB=off
ENV PATH $PATH:$GOROOT/bin:$GOPATH/bin
ARG GIT_TOKEN

# Debian's package manager, on an rpm system.
RUN apt-get update && \
    apt-get install -y \
        # the distribution's
        golang-go git

RUN curl -fsSL https://get.example/tools.sh | bash
RUN wget http://files.example/go1.26.8.linux-amd64.tar.gz && \
    tar -C /usr/local -xzf go1.26.8.linux-amd64.tar.gz

WORKDIR /src
COPY . .
RUN go build -o /usr/local/bin/app .
CMD ["app"]
