void call(String tag) {
    def m = tag =~ /v(.*)/ // want: matcher
    if (tag ==~ /v.*/) {
        echo m.group(1)
    }
    def p = ~/v(.*)/
    echo p.matcher(tag).find().toString() // want: iterator
}
