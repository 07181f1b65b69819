import hudson.AbortException
import java.util.concurrent.TimeUnit
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** The steps without a body. */
class Actions {
    static Object usernamePassword(Context c, Map a) { return new LinkedHashMap([kind: 'usernamePassword'] + a) }

    static Object string(Context c, Map a) { return new LinkedHashMap([kind: 'string'] + a) }

    static Object file(Context c, Map a) { return new LinkedHashMap([kind: 'file'] + a) }

    static Object echo(Context c, Map a) { c.controller.say(a.message.toString(), c.branch) }

    static Object error(Context c, Map a) { throw new AbortException(a.message.toString()) }

    static Object unstable(Context c, Map a) {
        c.controller.say("WARNING: ${a.message}", c.branch)
        c.controller.worst('UNSTABLE')
    }

    static Object sleep(Context c, Map a) { Thread.sleep(TimeUnit.valueOf((String) (a.unit ?: 'SECONDS')).toMillis((long) a.time)) }

    static Object isUnix(Context c, Map a) {
        Steps.onNode(c)
        return !c.lease.agent.windows
    }

    static Object pwd(Context c, Map a) {
        Steps.onNode(c)
        return a.tmp ? c.cwd.path + '@tmp' : c.cwd.path
    }

    static Object libraryResource(Context c, Map a) {
        File f = new File((String) c.controller.job.library, 'resources/' + a.resource)
        if (!f.file) { throw new AbortException("No such library resource ${a.resource} could be found.") }
        return f.getText('UTF-8')
    }

    static File at(Context c, Object name) {
        Steps.onNode(c)
        File f = new File(name.toString())
        return f.absolute ? f : new File(c.cwd, name.toString())
    }

    static Object writeFile(Context c, Map a) {
        File f = at(c, a.file)
        f.parentFile.mkdirs()
        f.setText(a.text.toString(), 'UTF-8')
    }

    static Object readFile(Context c, Map a) { return at(c, a.file).getText('UTF-8') }

    static Object fileExists(Context c, Map a) { return at(c, a.file).exists() }

    static Object deleteDir(Context c, Map a) {
        Steps.onNode(c)
        if (!c.cwd.deleteDir() && c.cwd.exists()) { throw new IOException("Unable to delete '${c.cwd}'") }
    }

    static Object checkout(Context c, Map a) {
        Steps.onNode(c)
        Map scm = a.scm
        if (scm == null) { throw new AbortException("‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”") }
        c.cwd.mkdirs()
        String git = new File(c.cwd, '.git').exists() ? 'git fetch -q "$URL" HEAD' : 'git clone -q "$URL" .'
        Map r = process(c, ['/bin/sh', '-ec', git + '; git checkout -q -f "$COMMIT"'], [URL: scm.url, COMMIT: scm.commit], false)
        if (r.status != 0) { throw new AbortException('Error fetching remote repo') }
        return new LinkedHashMap([GIT_COMMIT: scm.commit])
    }

    // Stashes, artifacts, reports
    static Object stash(Context c, Map a) {
        Steps.onNode(c)
        if (a.name =~ /[\/?*%!@#$^&|<>\[\]:;\\]/) { throw new IllegalArgumentException("‘${a.name}’ is an unsafe name") }
        List<String> names = Controller.scan(c.cwd, (String) a.includes, (String) a.excludes, a.useDefaultExcludes != false)
        if (!names && !a.allowEmpty) { throw new AbortException("No files included in stash ‘${a.name}’") }
        File to = new File(c.controller.build, "stashes/${a.name}")
        to.deleteDir()
        to.mkdirs()
        Controller.copy(c.cwd, to, names)
        c.controller.say("Stashed ${names.size()} file(s)", c.branch)
    }

    static Object unstash(Context c, Map a) {
        Steps.onNode(c)
        File from = new File(c.controller.build, "stashes/${a.name}")
        if (!from.directory) { throw new AbortException("No such saved stash ‘${a.name}’") }
        Controller.copy(from, c.cwd, Controller.scan(from, null, null, false))
    }

    static Object archiveArtifacts(Context c, Map a) {
        Steps.onNode(c)
        c.controller.say('Archiving artifacts', c.branch)
        List<String> names = Controller.scan(c.cwd, (String) a.artifacts, (String) a.excludes, a.defaultExcludes != false)
        if (!names) {
            String text = "No artifacts found that match the file pattern \"${a.artifacts}\". Configuration error?"
            if (!a.allowEmptyArchive) { throw new AbortException(text) }
            c.controller.say(text, c.branch)
            return null
        }
        File to = new File(c.controller.build, 'archive')
        Controller.copy(c.cwd, to, names)
        synchronized (c.controller) {
            c.controller.result.artifacts = (c.controller.result.artifacts + names).unique().sort()
            if (a.fingerprint) {
                names.each { c.controller.result.fingerprints[it] = java.security.MessageDigest.getInstance('MD5').digest(new File(to, it).bytes).encodeHex().toString() }
            }
        }
        return null
    }

    static Object junit(Context c, Map a) {
        Steps.onNode(c)
        c.controller.say('Recording test results', c.branch)
        List<String> names = Controller.scan(c.cwd, (String) a.testResults, null, true)
        if (!names) {
            if (a.allowEmptyResults) { return null }
            throw new AbortException('No test report files were found. Configuration error?')
        }
        int tests = 0, failures = 0
        names.each { String n ->
            File f = new File(c.cwd, n)
            if (f.lastModified() + 3000 < c.controller.started) {
                throw new AbortException("Test reports were found but none of them are new. Did leafNodes run? For example, ${f} is old")
            }
            def xml = new XmlSlurper(false, false).parse(f)
            def cases = xml.depthFirst().findAll { it.name() == 'testcase' }
            tests += cases.size()
            failures += cases.count { tc -> tc.children().any { it.name() in ['failure', 'error'] } }
        }
        synchronized (c.controller) {
            c.controller.result.tests += tests
            c.controller.result.failures += failures
        }
        if (failures && !a.skipMarkingBuildUnstable) { c.controller.worst('UNSTABLE') }
        return new LinkedHashMap([totalCount: tests, failCount: failures])
    }

    // Scripts
    static Object bat(Context c, Map a) {
        Steps.onNode(c)
        if (!c.lease.agent.windows) { throw new IOException('Batch scripts can only be run on Windows nodes') }
        return script(c, a, 'jenkins-main.bat') { File f -> [c.lease.agent.windows, f.path] }
    }

    static Object sh(Context c, Map a) {
        return script(c, a, 'script.sh') { File f ->
            String text = a.script
            if (text.startsWith('#!')) {
                f.executable = true
                return [f.path]
            }
            return ['/bin/sh', '-xe', f.path]
        }
    }

    private static Object script(Context c, Map a, String name, Closure<List> command) {
        Steps.onNode(c)
        c.cwd.mkdirs()
        // Jenkins keeps the script beside the current folder while it runs.
        File control = new File(c.cwd.path + '@tmp', "durable-${c.controller.nextDurable()}")
        control.mkdirs()
        File f = new File(control, name)
        f.setText(a.script.toString(), 'UTF-8')
        synchronized (c.controller) { c.lease.record.commands << (a.label ?: a.script.toString()) }
        c.controller.say("+ ${a.label ?: 'script'}", c.branch)
        Map r
        try {
            r = process(c, command(f), [:], (boolean) a.returnStdout)
        } finally {
            control.deleteDir()
        }
        if (a.returnStatus) { return r.status }
        if (r.status != 0) { throw new AbortException("script returned exit code ${r.status}") }
        return a.returnStdout ? r.stdout : null
    }

    /** Runs a program on the machine; its process group dies with the machine or with a timeout. */
    static Map process(Context c, List command, Map more, boolean capture) {
        File pid = File.createTempFile('pid', '')
        ProcessBuilder b = new ProcessBuilder(['setsid', '/bin/sh', '-c', 'echo $$ >"$0"; exec "$@"', pid.path] + command as List<String>)
        b.directory(c.cwd)
        b.environment().clear()
        b.environment().putAll(c.variables())
        more.each { k, v -> b.environment().put(k, v.toString()) }
        if (!capture) { b.redirectErrorStream(true) }
        Map strike = (c.controller.job.faults ?: []).find { it.agent == c.lease.agent.name && !it.done }
        Process p = b.start()
        p.outputStream.close()
        StringBuilder stdout = new StringBuilder()
        boolean struck = false
        Closure listen = { InputStream from, boolean keep ->
            from.eachLine('UTF-8') { String line ->
                if (keep) { stdout << line << '\n' } else { c.controller.say(line, c.branch) }
                if (strike && !strike.done && line =~ strike.at) {
                    strike.done = true
                    struck = true
                    kill(pid.text.trim() as long)
                }
            }
        }
        Thread other = capture ? Thread.start { listen(p.errorStream, false) } : null
        long id = 0
        while (!id && p.alive) {
            id = (pid.text.trim() ?: '0') as long
            if (!id) { Thread.sleep(5) }
        }
        c.cancel.pids << id
        if (c.cancel.reason()) { kill(id) }
        listen(p.inputStream, capture)
        other?.join()
        int status = p.waitFor()
        c.cancel.pids.remove(id)
        pid.delete()
        if (c.cancel.reason()) { throw new FlowInterruptedException('ABORTED', c.cancel.reason()) }
        if (struck && strike.how == 'agent') {
            c.controller.lose(c.lease.agent.name)
            Steps.onNode(c)
        }
        return [status: status, stdout: stdout.toString()]
    }

    static void kill(long group) {
        if (group > 1) { ['/bin/sh', '-c', "kill -s KILL -- -${group}"].execute().waitFor() }
    }
}
