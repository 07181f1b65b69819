import hudson.AbortException
import java.util.concurrent.TimeUnit
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** The steps with a body. */
class Blocks {
    static Object node(Context c, Map a, Closure body) {
        Map lease = c.controller.lease((String) a.label)
        lease.record = [label: a.label ?: '', agent: lease.agent.name, branch: c.branch ?: '', workspace: lease.workspace.path, commands: []]
        synchronized (c.controller) { c.controller.result.nodes << lease.record }
        c.controller.say("Running on ${lease.agent.name} in ${lease.workspace}", c.branch)
        try {
            return Context.inside(c.with(lease: lease, cwd: lease.workspace), body)
        } finally {
            c.controller.release(lease)
        }
    }

    static Object stage(Context c, Map a, Closure body) {
        c.controller.say("[Pipeline] { (${a.name})", c.branch)
        return Context.inside(c, body)
    }

    static Object dir(Context c, Map a, Closure body) {
        Steps.onNode(c)
        File d = new File((String) a.path)
        d = (d.absolute ? d : new File(c.cwd, d.path)).toPath().normalize().toFile()
        c.controller.say("Running in ${d}", c.branch)
        d.mkdirs()
        return Context.inside(c.with(cwd: d), body)
    }

    static Object withEnv(Context c, Map a, Closure body) {
        Map layer = new LinkedHashMap(c.layer)
        a.overrides.each { o ->
            String s = o.toString()
            int at = s.indexOf('=')
            if (at < 0) { throw new IllegalArgumentException(s) }
            layer[s.substring(0, at)] = s.substring(at + 1)
        }
        return Context.inside(c.with(layer: layer), body)
    }

    static Object withCredentials(Context c, Map a, Closure body) {
        Map layer = new LinkedHashMap(c.layer)
        List<File> files = []
        List<String> names = []
        a.bindings.each { Map b ->
            Map known = c.controller.credential((String) b.credentialsId)
            Map values = [:]
            switch (b.kind) {
                case 'usernamePassword':
                    values = [(b.usernameVariable): known.username, (b.passwordVariable): known.password]
                    break
                case 'string':
                    values = [(b.variable): known.secret]
                    break
                case 'file':
                    Steps.onNode(c)
                    File f = new File(c.cwd.path + '@tmp/secretFiles/' + UUID.randomUUID(), (String) (known.fileName ?: 'secret'))
                    f.parentFile.mkdirs()
                    f.text = known.content
                    files << f
                    values = [(b.variable): f.path]
            }
            if (values.values().any { it == null }) {
                throw new AbortException("Credentials '${b.credentialsId}' is of type '${known.keySet() - 'id'}' where '${b.kind}' was expected")
            }
            layer.putAll(values)
            names.addAll(values.keySet()*.toString())
            synchronized (c.controller) { c.controller.secrets.addAll(values.values()*.toString().findAll { it }) }
        }
        c.controller.say("Masking supported pattern matches of ${names.collect { '$' + it }.join(' or ')}", c.branch)
        try {
            return Context.inside(c.with(layer: layer), body)
        } finally {
            files.each { it.parentFile.deleteDir() }
        }
    }

    static Object lock(Context c, Map a, Closure body) {
        c.controller.say("Trying to acquire lock on [Resource: ${a.resource}]", c.branch)
        def l = c.controller.lockFor((String) a.resource)
        l.lock()
        try {
            c.controller.say("Lock acquired on [Resource: ${a.resource}]", c.branch)
            return Context.inside(c, body)
        } finally {
            l.unlock()
            c.controller.say("Lock released on resource [Resource: ${a.resource}]", c.branch)
        }
    }

    static Object timeout(Context c, Map a, Closure body) {
        Context.Cancel cancel = new Context.Cancel(outer: c.cancel)
        long millis = TimeUnit.valueOf((String) (a.unit ?: 'MINUTES')).toMillis((long) a.time)
        Thread clock = Thread.startDaemon {
            try {
                Thread.sleep(millis)
                cancel.why = 'Timeout has been exceeded'
                cancel.pids.toList().each { Actions.kill(it) }
            } catch (InterruptedException ignored) {
                // the body was faster
            }
        }
        c.controller.say("Timeout set to expire in ${millis} ms", c.branch)
        try {
            return Context.inside(c.with(cancel: cancel), body)
        } finally {
            clock.interrupt()
        }
    }

    static Object retry(Context c, Map a, Closure body) {
        for (int left = (int) a.count; ; left--) {
            try {
                return Context.inside(c, body)
            } catch (FlowInterruptedException e) {
                throw e
            } catch (Throwable e) {
                if (left <= 1) { throw e }
                c.controller.say("ERROR: ${e instanceof AbortException ? e.message : 'Execution failed\n' + e}\nRetrying", c.branch)
            }
        }
    }

    static Object catchError(Context c, Map a, Closure body) {
        try {
            return Context.inside(c, body)
        } catch (Exception e) {
            c.controller.say("ERROR: ${a.message ?: e.message}", c.branch)
            c.controller.worst((String) (a.buildResult ?: 'FAILURE'))
            return null
        }
    }

    static Object parallel(Context c, Map branches) {
        Map<String, Throwable> failed = [:]
        Map results = [:]
        Throwable first = null
        List<Thread> threads = branches.findAll { k, v -> k != 'failFast' }.collect { k, v ->
            String name = k.toString()
            Thread.start {
                try {
                    Object r = Context.inside(c.with(branch: name), (Closure) v)
                    synchronized (failed) { results[name] = r }
                } catch (Throwable e) {
                    synchronized (failed) {
                        first = first ?: e
                        failed[name] = e
                    }
                    c.controller.say("Failed in branch ${name}", c.branch)
                }
            }
        }
        threads*.join()
        if (first) { throw first }
        return results
    }
}
