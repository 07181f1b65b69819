void call(Map all) {
    def i = all.entrySet().iterator() // want: iterator
    def e = i.next()
    echo e.key
    echo all.keySet().stream().count().toString() // want: iterator
}
