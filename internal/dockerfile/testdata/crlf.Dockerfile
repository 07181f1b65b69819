# syntax=x
FROM a:1
RUN echo a \
  # c

  b
RUN <<EOF
x
EOF
ENV A=1
