// A small Jenkins on this machine, and a lint of what Jenkins cannot run.
//
//   groovy -cp test:/usr/share/java/ant.jar test/main.groovy run HOME SCENARIO.json…
//   groovy -cp test test/main.groovy lint DIR…
//
// A scenario is one build:
//
//   {"name": "demo", "library": DIR, "jenkinsfile": TEXT, "scm": {"url": …, "commit": …}, "tag": "v1.0.0",
//    "agents": [{"name": "a", "labels": ["linux"], "executors": 2, "env": {}, "windows": "" or the program for bat}],
//    "credentials": [{"id": …, "username": …, "password": …} or {"id": …, "secret": …} or {"id": …, "content": …}],
//    "env": {of all agents}, "parameters": {of the build}, "faults": [{"agent": …, "at": REGEXP of a line, "how": "agent"|"process"}]}
//
// HOME keeps the agents' workspaces from build to build. Beside the scenario go
// SCENARIO.json.result and SCENARIO.json.log; what was archived is in HOME/builds.
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import hudson.AbortException
import org.codehaus.groovy.control.CompilerConfiguration
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

if (args[0] == 'lint') {
    List found = args.drop(1).collectMany { CpsLint.check(new File(it)) }
    found.each { println it }
    System.exit(found ? 1 : 0)
}

File home = new File(args[1])
Map numbers = [:]
args.drop(2).each { String path ->
    Map job = (Map) new JsonSlurper().parse(new File(path))
    numbers[job.name] = (numbers[job.name] ?: 0) + 1
    long begin = System.currentTimeMillis()
    Controller controller = new Controller(home, job, (int) numbers[job.name])
    build(controller)
    controller.say("Finished: ${controller.result.result}")
    controller.result.seconds = (System.currentTimeMillis() - begin) / 1000
    controller.result.build = controller.build.path
    new File(path + '.log').setText(controller.console.toString(), 'UTF-8')
    new File(path + '.result').setText(JsonOutput.toJson(controller.result), 'UTF-8')
}

void build(Controller controller) {
    Map job = controller.job
    CompilerConfiguration config = new CompilerConfiguration(scriptBaseClass: 'Steps', sourceEncoding: 'UTF-8')
    GroovyClassLoader loader = new GroovyClassLoader(this.class.classLoader, config)
    loader.addURL(new File((String) job.library, 'src').toURI().toURL())
    job.loader = loader
    Binding vars = new Binding()
    vars.setVariable('env', new Env())
    vars.setVariable('scm', job.scm ? new LinkedHashMap((Map) job.scm) : null)
    vars.setVariable('params', new LinkedHashMap((Map) (job.parameters ?: [:])))
    Context.CURRENT.set(new Context(controller: controller))
    try {
        new File((String) job.library, 'vars').listFiles().findAll { it.name.endsWith('.groovy') }.sort().each { File f ->
            Script s = (Script) loader.parseClass(f).newInstance()
            s.binding = vars
            vars.setVariable(f.name - '.groovy', s)
        }
        // Jenkins itself makes the library of an @Library line visible.
        String text = job.jenkinsfile.replaceAll(/(?m)^@Library\([^)]*\)( _)?/, '')
        Script main = (Script) loader.parseClass(text, 'WorkflowScript.groovy').newInstance()
        main.binding = vars
        main.run()
    } catch (FlowInterruptedException e) {
        controller.say(e.message)
        controller.result.error = e.message
        controller.worst(e.result)
    } catch (Throwable e) {
        if (e instanceof AbortException) {
            controller.say("ERROR: ${e.message}")
        } else {
            StringWriter w = new StringWriter()
            org.codehaus.groovy.runtime.StackTraceUtils.sanitize(e).printStackTrace(new PrintWriter(w))
            controller.say(w.toString())
        }
        controller.result.error = e.message ?: e.toString()
        controller.worst('FAILURE')
    }
}
