FROM debian:12
ENV A=1 B="two words" C=three\ words D='$literal' E= F=""
ENV LEGACY the whole   rest "of it" # even this
ENV PATH=/usr/local/go/bin:$PATH GOFLAGS="-mod=mod -trimpath"
ENV MULTI=1 \
    # between
    LINES="a b" \

    END=x
ENV X="a\"b" Y=a"b c"d Z='it'"'"'s'
LABEL org.opencontainers.image.title="builder" "quoted key"=v multi.line="a \
b"
LABEL old style label
ARG A B=1 C="x y" D=
ARG
ENV   TABS	and	blanks
STOPSIGNAL SIGTERM
MAINTAINER  Somebody <dev@example.test>
VOLUME ["/data", "/logs"]
VOLUME /a /b
SHELL ["/bin/sh", "-euc"]
