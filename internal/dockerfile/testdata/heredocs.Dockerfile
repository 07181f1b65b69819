FROM debian:12
RUN <<EOF
set -eu
# not a comment of the Dockerfile
apt-get update
EOF
RUN <<-"EOF" cat > /x
	tabs go
		all of them
	EOF
COPY <<A <<B /dest/
one
A
two
B
RUN python3 <<'PY' && cat 3<<EOF
print("$HOME")
PY
${HOME} stays
EOF
RUN "<<NOT" echo
RUN echo a<<NOT b
RUN cat << SPACED
body
SPACED
RUN echo it\'s <<EO'F'
x
EOF
RUN echo $((1<<2)) ${A:-b} "$(cat <<IN
inner
IN
)"
ADD --chmod=644 <<conf.txt /etc/conf.txt
k=v
conf.txt
ONBUILD RUN <<X
deferred
X
USER <<nobody
