package dev.yingzao

/**
 * The flow of goRelease and goEnvCheck: who runs which stage, and what travels between
 * them. What a stage does is yingzao's own: `yingzao pipeline run STAGE`.
 *
 * A workspace has source (a checkout), work (an unpacked stash) and the cache beside
 * them, so that neither cleaning nor git status meets the cache. Scripts run in source
 * or work itself and change folder on their own: Jenkins puts NAME@tmp beside the
 * folder of a dir step, which inside a checkout would make it a changed one.
 */
class Pipeline implements Serializable {
    private static final long serialVersionUID = 1L

    private final Object steps // the script of the step: all Jenkins steps are its methods
    private final Parameters given
    private final Closure fetch // brings the sources into the current folder; null = checkout scm
    private List<String> targets = []

    Pipeline(Object steps, Map parameters, Closure fetch) {
        this.steps = steps
        this.given = new Parameters(parameters)
        this.fetch = fetch
    }

    /** The environment check alone. */
    void check() {
        settled {
            done(attempt(text('runner')) {
                return fresh(false) { return stageCheck() }
            })
        }
    }

    /** From the environment check to the published release. */
    void release() {
        settled {
            if (publishing()) {
                // Unknown credentials are found out before anything is built.
                withKeys { }
            }
            done(attempt(text('runner')) {
                return fresh(false) { return stageCheck() ?: stagePrefetch() }
            })
            meantForTargets('runners', new ArrayList<String>(Parameters.rows(text('runners')).keySet()))
            meantForTargets('reproduce', Parameters.members(text('reproduce')))
            steps.stage('build') {
                Map branches = [:]
                for (int i = 0; i < targets.size(); i++) {
                    String target = targets[i]
                    branches.put(target, { build(target) })
                }
                steps.parallel(branches)
            }
            done(attempt(text('runner')) {
                return fresh(true) { return stageMerge() ?: stagePublish() }
            })
        }
    }

    // Parameters

    private void settled(Closure body) {
        if (given.fault()) {
            steps.error(given.fault())
        }
        List<String> variables = given.environment()
        variables.add('YINGZAO_DIR=' + project())
        variables.add('YINGZAO_CACHE_DIR=' + cache())
        // A site's own copy of this library says by defaults which yingzao it brings.
        List<String> brought = ['toolUrl', 'toolSha256', 'toolVersion']
        for (int i = 0; i < brought.size(); i++) {
            if (text(brought[i]) && !given.given(brought[i])) {
                variables.add(Parameters.variable(brought[i]) + '=' + text(brought[i]))
            }
        }
        steps.withEnv(variables) { body() }
    }

    /** A parameter: as given, or from the environment, or its default. */
    private String text(String name) {
        return given.given(name) ?: steps.env[Parameters.variable(name)] ?: Known.DEFAULTS.get(name) ?: ''
    }

    /** The project's folder in the repository, without needless parts. */
    private String project() {
        String dir = text('dir').replace('\\', '/')
        String[] parts = dir.split('/')
        List<String> kept = []
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] == '..' || dir.startsWith('/') || dir.contains(':')) {
                steps.error("dir: '${dir}' is no folder below the repository / dir：'${dir}' 不在仓库之内".toString())
            }
            if (parts[i] && parts[i] != '.') {
                kept.add(parts[i])
            }
        }
        return kept ? kept.join('/') : '.'
    }

    /** The cache as the project's folder sees it: beside source and work. */
    private String cache() {
        String up = '..'
        if (project() != '.') {
            String[] parts = project().split('/')
            for (int i = 0; i < parts.length; i++) {
                up = up + '/..'
            }
        }
        return up + '/' + text('cacheDir')
    }

    /** A file of the project as the repository's folder sees it. */
    private String at(String file) { return project() == '.' ? file : project() + '/' + file }

    private void meantForTargets(String name, List<String> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!targets.contains(wanted[i])) {
                String known = targets.join(', ')
                steps.error("${name}: ${wanted[i]} is no target of this release (${known}) / ${name}：${wanted[i]} 不是本次发布的构建目标（${known}）".toString())
            }
        }
    }

    // Machines

    /**
     * Runs a body on a machine with the label, and once more on another if the machine
     * is lost. The body returns why it failed, or '': a failure of the project itself
     * is raised by done, outside of here, and not repeated.
     */
    private String attempt(String label, Closure body) {
        String fault = ''
        steps.retry(2) {
            steps.node(label) { fault = body() }
        }
        return fault
    }

    private void done(String fault) {
        if (fault) {
            steps.error(fault)
        }
    }

    /** Runs a body in the sources: a checkout, or what prefetch has put away. */
    private String fresh(boolean stashed, Closure body) {
        String fault = ''
        steps.dir(stashed ? 'work' : 'source') {
            if (stashed) {
                steps.deleteDir()
                steps.unstash(stashName('source'))
            } else {
                if (fetch == null) {
                    steps.checkout(steps.scm)
                } else {
                    fetch.call()
                }
                steps.dir(at('dist')) { steps.deleteDir() }
            }
            fault = body()
            if (stashed && !fault) {
                steps.deleteDir()
            }
        }
        return fault
    }

    /** Runs one stage; returns why it failed, or ''. */
    private String run(String stage) {
        String command = 'yingzao pipeline run ' + stage
        int status = script(command, false)
        if (status == 0) {
            return ''
        }
        String fault = command + ': script returned exit code ' + status
        if (status < 0 || status > 128) {
            // Nothing that a program says by itself: it was killed, or the machine went away.
            steps.error(fault)
        }
        return fault
    }

    /** Brings yingzao here and runs a command; returns its exit code, or what it printed. */
    private Object script(String command, boolean output) {
        if (steps.isUnix()) {
            String bring = steps.libraryResource('yingzao/install.sh')
            String text = '{ set +x; } 2>/dev/null\ncd "$YINGZAO_DIR"\nYINGZAO_DIR=.\nexport YINGZAO_DIR\n' + bring + command + '\n'
            return steps.sh(label: command, script: text, returnStatus: !output, returnStdout: output)
        }
        String bring = steps.libraryResource('yingzao/install.cmd')
        String text = bring + command + '\n'
        // cmd misses labels in files whose lines end in LF alone.
        return steps.bat(label: command, script: text.replace('\r', '').replace('\n', '\r\n'), returnStatus: !output, returnStdout: output)
    }

    private String stashName(String what) { return 'yingzao-' + at(what).replace('/', '_') }

    // Stages

    private String stageCheck() {
        String fault = ''
        steps.stage('check') {
            fault = run('check')
            // The report of a failing check is the one that matters.
            steps.junit(testResults: at('dist/reports/check.junit.xml'), allowEmptyResults: true)
            steps.archiveArtifacts(artifacts: at('dist/reports/**'), allowEmptyArchive: true)
        }
        return fault
    }

    private String stagePrefetch() {
        String fault = ''
        steps.stage('prefetch') {
            fault = run('prefetch')
            if (!fault) {
                targets = Parameters.members(script('yingzao pipeline targets', true).toString().replace('\r', ''))
                // Ant would leave out more than .git on its own: .gitattributes, name~ and others that a program may embed.
                steps.stash(name: stashName('source'), useDefaultExcludes: false, excludes: '**/.git,**/.git/**,' + at('dist/reports/**'))
            }
        }
        return fault
    }

    private void build(String target) {
        String builder = ''
        String label = Parameters.rows(text('runners')).get(target) ?: text('runner')
        done(attempt(label) {
            builder = steps.env.NODE_NAME
            return part('build', target, 'parts')
        })
        if (Parameters.members(text('reproduce')).contains(target)) {
            String others = '!"' + builder + '"'
            done(attempt(text('runner') ? '(' + text('runner') + ') && ' + others : others) {
                return part('verify', target, 'again')
            })
        }
    }

    private String part(String stage, String target, String folder) {
        return fresh(true) {
            String fault = ''
            steps.withEnv(['YINGZAO_TARGET=' + target]) { fault = run(stage) }
            if (!fault) {
                steps.stash(name: stashName(folder + '/' + target), useDefaultExcludes: false, includes: at('dist/' + folder + '/**'))
            }
            return fault
        }
    }

    private String stageMerge() {
        List<String> again = Parameters.members(text('reproduce'))
        for (int i = 0; i < targets.size(); i++) {
            steps.unstash(stashName('parts/' + targets[i]))
            if (again.contains(targets[i])) {
                steps.unstash(stashName('again/' + targets[i]))
            }
        }
        String fault = ''
        steps.stage('merge') {
            fault = run('merge')
            if (!fault) {
                steps.archiveArtifacts(artifacts: at('dist/**'), excludes: at('dist/parts/**') + ',' + at('dist/again/**'), defaultExcludes: false, fingerprint: true)
            }
        }
        return fault
    }

    private String stagePublish() {
        String fault = ''
        if (publishing()) {
            steps.stage('publish') {
                steps.lock(resource: 'yingzao ' + text('publishTo')) {
                    withKeys { fault = run('publish') }
                }
                steps.archiveArtifacts(artifacts: at('dist/reports/**'), allowEmptyArchive: true)
            }
        }
        return fault
    }

    private boolean publishing() {
        String when = text('publishWhen')
        return text('publishTo') && (when == 'always' || when == 'tag' && steps.env.TAG_NAME)
    }

    private void withKeys(Closure body) {
        List all = bindings()
        if (all.isEmpty()) {
            body()
        } else {
            steps.withCredentials(all) { body() }
        }
    }

    /**
     * The stores' keys from Jenkins' credentials, in the variables of the clouds' own
     * libraries; with a role, the pipeline's identity token instead. credentialsId is
     * one for all clouds, or [oss: 'one', cos: 'another'].
     */
    private List bindings() {
        List all = []
        String id = text('credentialsId')
        if (!id) {
            return all
        }
        if (text('oidcRole')) {
            all.add(steps.string(credentialsId: id, variable: 'YINGZAO_OIDC_TOKEN'))
            return all
        }
        Map<String, String> ids = Parameters.rows(id)
        bind(all, ids ? ids.get('oss') : id, 'oss', 'OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET')
        bind(all, ids ? ids.get('cos') : id, 'cos', 'TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY')
        bind(all, ids ? ids.get('s3') : id, 's3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')
        return all
    }

    private void bind(List all, String id, String scheme, String user, String secret) {
        List<String> stores = Parameters.members(text('publishTo'))
        for (int i = 0; i < stores.size(); i++) {
            if (id && stores[i].startsWith(scheme + '://')) {
                all.add(steps.usernamePassword(credentialsId: id, usernameVariable: user, passwordVariable: secret))
                return
            }
        }
    }
}
