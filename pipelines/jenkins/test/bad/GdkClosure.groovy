void call(List targets) {
    targets.each { echo it } // want: gdk-closure
    List lines = targets.collect { it + '\n' } // want: gdk-closure
    for (int i = 0; i < lines.size(); i++) {
        echo lines[i]
    }
    3.times { echo 'again' } // want: gdk-closure
}
