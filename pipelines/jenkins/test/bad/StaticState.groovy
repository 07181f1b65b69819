class StaticState implements Serializable {
    static int runs = 0 // want: static-state
    static final int MOST = 3
    static List<String> seen // want: static-state
}
