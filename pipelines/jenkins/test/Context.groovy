/** Where a thread of the pipeline is: node, folder, variables. Never changed, only replaced. */
class Context {
    static final ThreadLocal<Context> CURRENT = new InheritableThreadLocal<Context>()

    Controller controller
    Map lease // agent, workspace; null outside node
    File cwd
    String branch // of a parallel; null outside
    Map<String, String> layer = [:] // withEnv, credentials, assignments to env
    Cancel cancel = new Cancel()

    /** A stop signal for everything inside a timeout, and the processes it has to end. */
    static class Cancel {
        Cancel outer
        volatile String why
        final Set<Long> pids = Collections.synchronizedSet(new HashSet<Long>())

        String reason() { return why ?: outer?.reason() }
    }

    Context with(Map changes) {
        return new Context([controller: controller, lease: lease, cwd: cwd, branch: branch, layer: layer, cancel: cancel] + changes)
    }

    static Context get() { return CURRENT.get() }

    /** Runs a body in a changed context and gives what it returns, as block steps do. */
    static Object inside(Context c, Closure body) {
        Context before = CURRENT.get()
        CURRENT.set(c)
        try {
            return body.call()
        } finally {
            CURRENT.set(before)
        }
    }

    /** The variables that a script sees. */
    Map<String, String> variables() {
        Map job = controller.job
        Map<String, String> all = [:]
        if (lease) {
            all.putAll((Map) (job.env ?: [:]))
            all.putAll((Map) (lease.agent.env ?: [:]))
            all.putAll([NODE_NAME: lease.agent.name, NODE_LABELS: (lease.agent.labels ?: []).join(' '), WORKSPACE: lease.workspace.path,
                        EXECUTOR_NUMBER: '0', WORKSPACE_TMP: lease.workspace.path + '@tmp'])
        }
        all.putAll([JENKINS_URL: 'https://jenkins.example/', JOB_NAME: job.name, BUILD_NUMBER: job.number.toString(), BUILD_ID: job.number.toString(),
                    BUILD_TAG: "jenkins-${job.name}-${job.number}".toString(), CI: 'true'])
        if (job.tag) { all.putAll([TAG_NAME: job.tag, BRANCH_NAME: job.tag]) }
        all.putAll((Map) (job.parameters ?: [:]))
        layer.each { k, v -> if (v == '') { all.remove(k) } else { all[k] = v } }
        return all.collectEntries { k, v -> [k.toString(), v.toString()] }
    }
}
