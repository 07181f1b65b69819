import hudson.AbortException
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/**
 * The base of every script: Jenkins' steps as methods. Scripts are really run, files
 * really copied, branches are threads; texts of errors are those of Jenkins.
 *
 * A step takes no argument that it does not know, and none that could not be written
 * to disk: Jenkins saves the build at each step, closures and what they captured
 * included.
 */
abstract class Steps extends Script implements Serializable {
    static final Map<String, List<String>> NAMED = [
        node: ['label'], stage: ['name'], dir: ['path'], withEnv: ['overrides'], withCredentials: ['bindings'],
        usernamePassword: ['credentialsId', 'usernameVariable', 'passwordVariable'], string: ['credentialsId', 'variable'], file: ['credentialsId', 'variable'],
        sh: ['script', 'label', 'returnStatus', 'returnStdout', 'encoding'], bat: ['script', 'label', 'returnStatus', 'returnStdout', 'encoding'],
        stash: ['name', 'includes', 'excludes', 'useDefaultExcludes', 'allowEmpty'], unstash: ['name'],
        archiveArtifacts: ['artifacts', 'excludes', 'allowEmptyArchive', 'fingerprint', 'defaultExcludes', 'onlyIfSuccessful', 'caseSensitive', 'followSymlinks'],
        junit: ['testResults', 'allowEmptyResults', 'skipMarkingBuildUnstable', 'keepLongStdio'],
        parallel: null, lock: ['resource', 'quantity', 'label'], timeout: ['time', 'unit', 'activity'], retry: ['count', 'conditions'],
        catchError: ['buildResult', 'stageResult', 'message', 'catchInterruptions'], unstable: ['message'], error: ['message'], echo: ['message'],
        libraryResource: ['resource', 'encoding'], writeFile: ['file', 'text', 'encoding'], readFile: ['file', 'encoding'], fileExists: ['file'],
        deleteDir: [], isUnix: [], pwd: ['tmp'], checkout: ['scm', 'poll', 'changelog'], sleep: ['time', 'unit'],
    ]

    /** The first positional argument's name, where it is not the first of NAMED. */
    private static final List<String> BLOCKS = ['node', 'stage', 'dir', 'withEnv', 'withCredentials', 'lock', 'timeout', 'retry', 'catchError']

    @Override
    Object invokeMethod(String name, Object args) {
        List list = args instanceof Object[] ? (args as List) : [args]
        if (binding.variables[name] instanceof Script) {
            return binding.variables[name].call(*list)
        }
        if (!NAMED.containsKey(name)) {
            List own = this.class.methods.findAll { it.name == name && it.declaringClass == this.class }
            if (own) { return super.invokeMethod(name, args) }
            throw new NoSuchMethodError("No such DSL method '${name}' found among steps ${NAMED.keySet().sort()}")
        }
        return step(name, list)
    }

    static Object step(String name, List list) {
        Context c = Context.get()
        if (c.cancel.reason()) { throw new FlowInterruptedException('ABORTED', c.cancel.reason()) }
        list.each { portable(name, it) }
        Closure body = null
        if (list && list[-1] instanceof Closure) {
            body = list[-1]
            list = list[0..<-1]
        }
        if (BLOCKS.contains(name) && body == null) { throw new IllegalArgumentException("${name} step must be called with a body") }
        if (name == 'parallel') {
            return Blocks.parallel(c, (Map) list[0])
        }
        Map named = [:]
        if (list && list[0] instanceof Map && !(name == 'checkout' && !list[0].containsKey('scm'))) {
            named.putAll((Map) list[0])
        } else if (list) {
            named[NAMED[name][0]] = list[0]
        }
        List unknown = named.keySet().toList().findAll { !NAMED[name].contains(it.toString()) }
        if (unknown || list.size() > 1) {
            throw new IllegalArgumentException("Unknown parameter(s) found for class type '${name}': ${unknown.join(',')}")
        }
        return BLOCKS.contains(name) ? Blocks."${name}"(c, named, body) : Actions."${name}"(c, named)
    }

    /** A value has to survive being written and read. */
    static void portable(String where, Object value) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream()
            new ObjectOutputStream(bytes).withCloseable { it.writeObject(value) }
            ClassLoader loader = Context.get()?.controller?.job?.loader ?: Steps.classLoader
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())) {
                @Override
                protected Class<?> resolveClass(ObjectStreamClass desc) {
                    try { return Class.forName(desc.name, false, loader) } catch (ClassNotFoundException e) { return super.resolveClass(desc) }
                }
            }.readObject()
        } catch (NotSerializableException e) {
            throw new NotSerializableException("${e.message} (at ${where})".toString())
        }
    }

    /** Where a step needs a machine. */
    static void onNode(Context c) {
        if (!c.lease) {
            throw new IllegalStateException('Required context class hudson.FilePath is missing\nPerhaps you forgot to surround the step with a step that provides this, such as: node')
        }
        if (c.controller.offline.contains(c.lease.agent.name)) {
            throw new AbortException("Unable to create live FilePath for ${c.lease.agent.name}; ${c.lease.agent.name} was marked offline: Connection was broken")
        }
    }
}
