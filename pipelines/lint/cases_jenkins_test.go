package lint

var jenkinsCases = []one{
	{"PPL060", "for-in and closures with steps", "node {\n  for (t in targets) { sh 'make' }\n  for (String t : targets) {\n    echo t\n  }\n  targets.each { echo it }\n  map.collect({ k, v -> sh 'make' })\n}", []int{2, 3, 6, 7}},
	{"PPL060", "index loops, no step, @NonCPS, branches for later", "node {\n  for (int i = 0; i < n.size(); i++) { sh 'make' }\n  def all = targets.collect { it + '\\n' }\n  for (t in targets) { names << t }\n  targets.each { t -> branches[t] = { sh 'make' } }\n  params.each\n}\n@NonCPS\ndef f(list) { for (x in list) { build x } }", none},

	{"PPL061", "a matcher, a slurper, an iterator", "node {\n  def m = v =~ /a(.*)/\n  sh 'make'\n  def j = new JsonSlurper().parseText(t)\n  def i = map.entrySet()\n  echo 'x'\n}", []int{2, 4, 5}},
	{"PPL061", "taken out at once, dropped, tested, @NonCPS, no step", "node {\n  def a = (v =~ /a(.*)/)[0][1]\n  def b = (v =~ /a/).find()\n  def c = new JsonSlurper().parseText(t).version\n  def d = v ==~ /a/\n  def m = v =~ /a/\n  def n = m[0]\n  m = null\n  sh 'make'\n  def j = new JsonSlurperClassic().parseText(t)\n  if (v =~ /a/) { echo 'x' }\n}\n@NonCPS\ndef f(v) { def m = v =~ /a/; build m }\ndef g(v) {\n  def m = v =~ /a/\n  return m[0]\n}", none},

	{"PPL062", "files, addresses, processes", "node {\n  new File('a').text\n  def x = new java.io.File(p)\n  new URL('https://a.example').text\n  'uname'.execute()\n  ['a', 'b'].execute()\n  new ProcessBuilder('a')\n}", []int{2, 3, 4, 5, 6, 7}},
	{"PPL062", "names of files, hosts, text, a method of that name", "node {\n  def n = new File(p).name\n  def h = new URL(u).host\n  sh 'echo new File(x)'\n  // new File('a')\n  runner.execute('a')\n  def File = 1\n}", none},

	{"PPL063", "in a branch, in its text", "def b = [:]\nfor (int i = 0; i < 3; i++) {\n  b[\"x${i}\"] = {\n    node { sh \"make ${i}\" }\n  }\n}\nfor (int j = 0; j < 3; j++) {\n  b.put('a', { node { run(list[j]) } })\n}", []int{4, 8}},
	{"PPL063", "copied, outside of the closure, its own parameter", "def b = [:]\nfor (int i = 0; i < 3; i++) {\n  int n = i\n  b[\"x${i}\"] = { node { sh \"make ${n}\" } }\n  node { echo \"${i}\" }\n}\nfor (int i = 0; i < 3; i++) {\n  b['y' + i] = { int i -> node { echo \"${i}\" } }\n}", none},

	{"PPL064", "bindings, credentials, names, powershell, a password parameter", "pipeline {\n  environment {\n    NEXUS = credentials('nexus')\n  }\n  parameters { password(name: 'PIN') }\n  stages { stage('a') { steps {\n    withCredentials([usernamePassword(credentialsId: 'x', usernameVariable: 'U', passwordVariable: 'P')]) {\n      sh \"curl -u ${U}:${P} https://a.example\"\n      sh(script: \"a ${env.P}\", returnStdout: true)\n      sh 'a ' + P\n    }\n    powershell \"a $NEXUS_PSW\"\n    sh \"\"\"\n      a\n      b ${DEPLOY_TOKEN}\n    \"\"\"\n    sh \"a ${params.PIN}\"\n  } } }\n}", []int{8, 9, 10, 12, 15, 17}},
	{"PPL064", "single quotes, escaped, a path, a user name, an echo", "node {\n  withCredentials([string(credentialsId: 'x', variable: 'TOKEN'), file(credentialsId: 'y', variable: 'KUBECONFIG'), usernamePassword(credentialsId: 'z', usernameVariable: 'U', passwordVariable: 'P')]) {\n    sh 'a \"$TOKEN\"'\n    sh \"a \\$TOKEN \\${TOKEN}\"\n    sh \"kubectl --kubeconfig ${KUBECONFIG} -u ${U}\"\n    sh(script: 'a \"$TOKEN\"', label: \"for ${U}\")\n    sh \"make ${target} ${env.WORKSPACE} ${pwd()}\"\n  }\n}", none},

	{"PPL065", "parameters, branches, titles", "node {\n  sh \"git checkout ${params.BRANCH}\"\n  sh \"echo $params.NOTE\"\n  bat \"build ${env.BRANCH_NAME}\"\n  sh 'a ' + params.X\n  sh \"\"\"\n    a ${CHANGE_TITLE}\n  \"\"\"\n  sh \"b ${params['Y']}\"\n}", []int{2, 3, 4, 5, 7, 9}},
	{"PPL065", "choices, the environment, other steps, a comparison", "pipeline {\n  parameters {\n    choice(name: 'PROFILE', choices: ['ci', 'cn'])\n    booleanParam(name: 'FAST', defaultValue: false)\n  }\n  stages { stage('a') { steps {\n    sh \"make ${params.PROFILE} ${params.FAST}\"\n    sh 'git checkout \"$BRANCH\"'\n    echo \"building ${params.BRANCH} of ${env.BRANCH_NAME}\"\n    script { if (params.BRANCH == 'x') { sh 'make' } }\n    sh \"make ${env.BUILD_NUMBER}\"\n  } } }\n}", none},
}
