import com.cloudbees.groovy.cps.NonCPS

class NonCpsStep implements Serializable {
    private final Object steps

    NonCpsStep(Object steps) {
        this.steps = steps
        steps.echo('made') // want: noncps-step
        prepare() // want: noncps-step
    }

    @NonCPS
    String shout(String text) {
        steps.echo(text) // want: noncps-step
        return loud(prepare()) // want: noncps-step
    }

    @NonCPS
    String loud(String text) { return text.toUpperCase() }

    String prepare() {
        steps.echo('fine')
        return loud('fine')
    }
}
