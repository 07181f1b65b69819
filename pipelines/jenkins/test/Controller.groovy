import java.nio.file.Files
import java.nio.file.LinkOption
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.util.concurrent.locks.ReentrantLock
import org.apache.tools.ant.DirectoryScanner

/**
 * What a Jenkins controller keeps for one build: agents with executors and labels,
 * workspaces that stay from build to build, stashes, artifacts, credentials, the
 * console. Steps.groovy has the steps.
 */
class Controller {
    final File home
    final Map job // the scenario
    final File build
    final StringBuilder console = new StringBuilder()
    final Set<String> secrets = new LinkedHashSet<String>()
    final Map result = [result: 'SUCCESS', error: '', leaks: 0, nodes: [], artifacts: [], fingerprints: [:], tests: 0, failures: 0]
    final Map<String, ReentrantLock> locks = [:]
    final Map<String, Integer> busy = [:]
    final Map<String, Set<String>> taken = [:]
    final Set<String> offline = new HashSet<String>()
    final long started = System.currentTimeMillis()
    private int durable = 0

    Controller(File home, Map job, int number) {
        this.home = home
        this.job = job
        build = new File(home, "builds/${job.name}/${number}")
        build.deleteDir()
        build.mkdirs()
        job.number = number
    }

    // Console. Secrets are masked as in Jenkins; each line that needed it is counted,
    // for a program that prints a secret is at fault even where it is masked.
    synchronized void say(String text, String branch = null) {
        text.split('\n', -1).each { String line ->
            String clean = line
            secrets.each { clean = clean.replace(it, '****') }
            if (clean != line) { result.leaks++ }
            console << (branch ? "[${branch}] " : '') << clean << '\n'
        }
    }

    synchronized void worst(String r) {
        List order = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']
        if (order.indexOf(r) > order.indexOf(result.result)) { result.result = r }
    }

    synchronized int nextDurable() { return ++durable }

    synchronized ReentrantLock lockFor(String name) { return locks.get(name, new ReentrantLock()) }

    // Agents
    synchronized Map lease(String label) {
        List fitting = job.agents.findAll { fits(label, it) }
        if (!fitting) {
            throw new hudson.AbortException("There are no nodes with the label '${label}' (Jenkins would wait for one)")
        }
        while (true) {
            Map agent = fitting.find { !offline.contains(it.name) && (busy[it.name] ?: 0) < (it.executors ?: 1) }
            if (agent) {
                busy[agent.name] = (busy[agent.name] ?: 0) + 1
                Set<String> used = taken.get(agent.name, new HashSet<String>())
                int n = 1
                String name = job.name
                while (used.contains(name)) { name = "${job.name}@${++n}".toString() }
                used << name
                File ws = new File(home, "agents/${agent.name}/workspace/${name}")
                ws.mkdirs()
                return [agent: agent, workspace: ws, name: name]
            }
            if (fitting.every { offline.contains(it.name) }) {
                throw new hudson.AbortException("All nodes of label '${label}' are offline (Jenkins would wait for one)")
            }
            wait(1000)
        }
    }

    synchronized void release(Map lease) {
        busy[lease.agent.name]--
        taken[lease.agent.name].remove(lease.name)
        notifyAll()
    }

    synchronized void lose(String agent) {
        offline << agent
        notifyAll()
    }

    /** Jenkins' label expressions: names, "quoted names", !, &&, ||, parentheses. */
    static boolean fits(String label, Map agent) {
        if (!label) { return true }
        List<String> words = []
        def m = label =~ /"([^"]*)"|&&|\|\||[!()]|[^\s!()&|"]+/
        while (m.find()) { words << m.group() }
        Set<String> has = new HashSet<String>((agent.labels ?: []) + [agent.name])
        int at = 0
        Closure<Boolean> any
        Closure<Boolean> atom
        atom = {
            String w = words[at++]
            if (w == '!') { return !atom() }
            if (w == '(') { boolean v = any(); at++; return v }
            return has.contains(w.replace('"', ''))
        }
        Closure<Boolean> all = { boolean v = atom(); while (at < words.size() && words[at] == '&&') { at++; boolean r = atom(); v = v && r }; return v }
        any = { boolean v = all(); while (at < words.size() && words[at] == '||') { at++; boolean r = all(); v = v || r }; return v }
        return any()
    }

    // Files, by the globs that Jenkins uses
    static List<String> scan(File dir, String includes, String excludes, boolean defaults) {
        if (!dir.isDirectory()) { return [] }
        DirectoryScanner s = new DirectoryScanner()
        s.basedir = dir
        s.includes = includes ? includes.split(/\s*,\s*/) : ['**'] as String[]
        if (excludes) { s.excludes = excludes.split(/\s*,\s*/) }
        if (defaults) { s.addDefaultExcludes() }
        s.scan()
        return s.includedFiles.toList().sort()
    }

    static void copy(File from, File to, List<String> names) {
        names.each { String name ->
            Path target = new File(to, name).toPath()
            Files.createDirectories(target.parent)
            Files.copy(new File(from, name).toPath(), target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING)
        }
    }

    Map credential(String id) {
        Map c = job.credentials?.find { it.id == id }
        if (!c) {
            throw new hudson.AbortException("Could not find credentials entry with ID '${id}'")
        }
        return c
    }
}
