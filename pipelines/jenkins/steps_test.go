package jenkins_test

// steps is a pipeline that asks the small Jenkins for what Jenkins would say.
const steps = `
void tries(String what, Closure body) {
    try {
        body()
        echo what + ': fine'
    } catch (Throwable e) {
        echo what + ': ' + e.class.simpleName + ': ' + e.message
    }
}

tries('outside') { sh 'true' }
node('(linux || windows) && !"a"') {
    echo env.NODE_NAME + ' of ' + env.JOB_NAME
    tries('sh') { sh 'exit 5' }
    tries('credentials') { withCredentials([string(credentialsId: 'none', variable: 'X')]) { } }
    tries('kind') { withCredentials([string(credentialsId: 'oss', variable: 'X')]) { } }
    tries('stash') { stash name: 'none', includes: 'nothing/**' }
    tries('unstash') { unstash 'none' }
    tries('stash name') { stash name: 'a/b', allowEmpty: true }
    tries('archive') { archiveArtifacts 'nothing/*' }
    tries('junit') { junit 'nothing/*.xml' }
    tries('resource') { libraryResource 'nothing.txt' }
    tries('unknown step') { shell 'true' }
    tries('unknown argument') { junit testResults: 'x.xml', allowEmptyResult: true }
    tries('bat') { bat 'dir' }
    tries('timeout') { timeout(time: 300, unit: 'MILLISECONDS') { sh 'sleep 30' } }
    tries('not serializable') {
        def m = ('v1' =~ /v(.)/)
        withEnv(['A=b']) { echo m.toString() }
    }
    withEnv(['ODD=$HOME ' + "it's \"quoted\" \\ 中文", 'CI=']) {
        sh 'printf "%s\n" "odd: $ODD, ci: ${CI:-none}" | tee odd.txt'
        env.LATER = 'later'
    }
    withCredentials([usernamePassword(credentialsId: 'oss', usernameVariable: 'U', passwordVariable: 'P'), string(credentialsId: 'token', variable: 'T'), file(credentialsId: 'kube', variable: 'F')]) {
        sh 'echo "user $U"; echo "password $P, token $T"; test "$(cat "$F")" = kubeconfig'
        tries('masked') { error 'with ' + env.T }
    }
    tries('file is gone') { sh 'test -z "${F:-}"; ls ../*@tmp/secretFiles/* 2>/dev/null | grep -q . && exit 9; true' }
    dir('kept') {
        writeFile file: 'x/.gitignore', text: 'ignored'
        writeFile file: 'x/y~', text: 'backup'
        writeFile file: 'x/z.txt', text: 'plain'
        sh 'chmod 750 x/z.txt; ln -s z.txt x/link'
        stash 'usual'
        stash name: 'whole', useDefaultExcludes: false, excludes: '**/y~'
        deleteDir()
        unstash 'usual'
        sh 'echo usual: $(find . ! -type d | sort)'
        deleteDir()
        unstash 'whole'
        sh 'echo whole: $(find . ! -type d | sort) $(readlink x/link) $(stat -c %a x/z.txt)'
        echo 'exists: ' + fileExists('x/z.txt') + ' ' + fileExists('x/y~') + ' ' + readFile('x/z.txt') + ' ' + pwd().endsWith('/kept')
    }
    int n = 0
    retry(3) {
        n = n + 1
        if (n < 3) { error 'try ' + n }
    }
    echo 'tries: ' + n
    echo 'value: ' + dir('kept') { return sh(script: 'echo out; echo err >&2', returnStdout: true).trim() }
}
try {
    parallel one: { node('loongson') { sh 'exit 6' } }, two: { node('loongson') { echo 'two runs' } }
} catch (e) {
    echo 'parallel: ' + e.message
}
catchError(buildResult: 'UNSTABLE') { error 'only unstable' }
`

// said is what the console has after it.
var said = []string{
	"outside: IllegalStateException: Required context class hudson.FilePath is missing\n",
	"b of demo\n",
	"sh: AbortException: script returned exit code 5\n",
	"credentials: AbortException: Could not find credentials entry with ID 'none'\n",
	"kind: AbortException: Credentials 'oss' is of type",
	"stash: AbortException: No files included in stash ‘none’\n",
	"unstash: AbortException: No such saved stash ‘none’\n",
	"stash name: IllegalArgumentException: ‘a/b’ is an unsafe name\n",
	"archive: AbortException: No artifacts found that match the file pattern \"nothing/*\". Configuration error?\n",
	"junit: AbortException: No test report files were found. Configuration error?\n",
	"resource: AbortException: No such library resource nothing.txt could be found.\n",
	"unknown step: NoSuchMethodError: No such DSL method 'shell' found among steps [",
	"unknown argument: IllegalArgumentException: Unknown parameter(s) found for class type 'junit': allowEmptyResult\n",
	"bat: IOException: Batch scripts can only be run on Windows nodes\n",
	"timeout: FlowInterruptedException: Timeout has been exceeded\n",
	"not serializable: NotSerializableException: java.util.regex.Matcher (at withEnv)\n",
	"odd: $HOME it's \"quoted\" \\ 中文, ci: none\n",
	"user ****\n", "password ****, token ****\n", "masked: AbortException: with ****\n",
	"file is gone: fine\n",
	"usual: ./x/link ./x/z.txt\n",
	"whole: ./x/.gitignore ./x/link ./x/z.txt z.txt 750\n",
	"exists: true false plain true\n",
	"ERROR: try 2\nRetrying\n", "tries: 3\n",
	"err\n", "value: out\n",
	"Failed in branch one\n", "[two] two runs\n", "parallel: script returned exit code 6\n",
	"ERROR: only unstable\n", "Finished: UNSTABLE\n",
}
