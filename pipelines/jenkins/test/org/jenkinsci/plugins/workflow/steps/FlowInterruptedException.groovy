package org.jenkinsci.plugins.workflow.steps

/** A build that somebody, or a timeout, stopped. */
class FlowInterruptedException extends InterruptedException {
    final String result

    FlowInterruptedException(String result, String message) {
        super(message)
        this.result = result
    }
}
