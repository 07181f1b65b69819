void call(List targets) {
    for (t in targets) { // want: for-in
        echo t
    }
    for (String t : targets) { // want: for-in
        echo t
    }
}
