class NotSerializable { // want: not-serializable
    String name

    static class Inner implements Comparable { // want: not-serializable
        int compareTo(Object o) { return 0 }
    }
}
