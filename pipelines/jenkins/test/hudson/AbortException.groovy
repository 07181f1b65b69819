package hudson

/** What a step throws when it has said all there is to say. */
class AbortException extends IOException {
    AbortException(String message) { super(message) }
}
