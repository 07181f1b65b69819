import org.codehaus.groovy.ast.*
import org.codehaus.groovy.classgen.GeneratorContext
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*
import org.codehaus.groovy.control.customizers.CompilationCustomizer

/**
 * Finds in Groovy of a shared library what Jenkins cannot run, cannot save, or should
 * not be given. Names are as written: nothing is resolved.
 *
 *   gdk-closure        each, collect and others with a closure: they lose what follows a step
 *   for-in             its iterator is alive across a step
 *   matcher            so is that of =~; ==~ is fine
 *   iterator           iterators, map entries, streams
 *   json               JSON in Groovy: yingzao reads it
 *   controller         File, URL, 'text'.execute() act on the controller, not on the machine
 *   static-state       static fields that are not final
 *   not-serializable   a class without Serializable
 *   noncps-step        a @NonCPS method, or a constructor, that calls a step or a method which is not @NonCPS
 *   loop-capture       a closure that captures a loop's own variable, which has moved on when it runs
 *   interpolated       a script with ${…}: quoting is lost, secrets are written down
 */
class CpsLint extends CompilationCustomizer {
    private final List<String> found

    CpsLint(List<String> found) {
        super(CompilePhase.CONVERSION)
        this.found = found
    }

    static List<String> check(File dir) {
        List<String> found = []
        List<File> files = []
        if (dir.file) { files << dir } else { dir.eachFileRecurse { if (it.name.endsWith('.groovy')) { files << it } } }
        files.sort().each { File f ->
            CompilerConfiguration config = new CompilerConfiguration()
            config.addCompilationCustomizers(new CpsLint(found))
            CompilationUnit unit = new CompilationUnit(config)
            unit.addSource(f)
            unit.compile(Phases.CONVERSION)
        }
        return found.unique()
    }

    @Override
    void call(SourceUnit source, GeneratorContext context, ClassNode type) {
        if (!type.script && !implementsSerializable(type) && !type.isInterface() && !type.isAnnotationDefinition()) {
            report(source, type, 'not-serializable')
        }
        (type.fields + type.properties*.field).unique().each { FieldNode f ->
            if (f.static && !f.final) { report(source, f, 'static-state') }
        }
        Set<String> cps = new HashSet<String>()
        type.methods.each { if (!nonCps(it)) { cps << it.name } }
        type.methods.each { MethodNode m -> m.code?.visit(new Walk(lint: this, source: source, native_: nonCps(m), cps: cps)) }
        type.declaredConstructors.each { ConstructorNode m -> m.code?.visit(new Walk(lint: this, source: source, native_: true, cps: cps)) }
        (type.fields + type.properties*.field).unique().each { it.initialExpression?.visit(new Walk(lint: this, source: source, native_: true, cps: cps)) }
    }

    private static boolean implementsSerializable(ClassNode type) {
        return type.interfaces.any { it.name in ['Serializable', 'java.io.Serializable'] }
    }

    private static boolean nonCps(MethodNode m) { return m.annotations.any { it.classNode.nameWithoutPackage == 'NonCPS' } }

    void report(SourceUnit source, ASTNode node, String rule) {
        found << "${source.name}:${node.lineNumber}: ${rule}".toString()
    }

    static class Walk extends CodeVisitorSupport {
        static final Set<String> GDK = ['each', 'eachWithIndex', 'reverseEach', 'collect', 'collectEntries', 'collectMany', 'collectNested', 'find', 'findAll', 'findResult',
            'findResults', 'findIndexOf', 'findIndexValues', 'inject', 'any', 'every', 'sort', 'toSorted', 'max', 'min', 'sum', 'count', 'groupBy', 'countBy', 'unique',
            'removeAll', 'retainAll', 'split', 'times', 'upto', 'downto', 'step', 'eachLine', 'eachMatch', 'replaceAll', 'withReader', 'withWriter', 'with', 'tap', 'forEach'] as Set
        static final Set<String> ITERATORS = ['iterator', 'listIterator', 'entrySet', 'stream', 'parallelStream', 'newInputStream', 'newReader', 'matcher'] as Set

        CpsLint lint
        SourceUnit source
        boolean native_ // @NonCPS or a constructor
        Set<String> cps // methods of the class that are not @NonCPS
        List<Set<String>> loops = [] // variables of the loops around
        int closures = 0

        private void report(ASTNode n, String rule) { lint.report(source, n, rule) }

        @Override
        void visitForLoop(ForStatement s) {
            Set<String> own = new HashSet<String>()
            if (s.collectionExpression instanceof ClosureListExpression) {
                Expression first = s.collectionExpression.expressions[0]
                if (first instanceof DeclarationExpression && first.leftExpression instanceof VariableExpression) { own << first.leftExpression.name }
            } else {
                report(s, 'for-in')
                own << s.variable.name
            }
            s.collectionExpression.visit(this)
            loops << own
            s.loopBlock.visit(this)
            loops.pop()
        }

        @Override
        void visitClosureExpression(ClosureExpression e) {
            Set<String> around = loops.collectMany { it } as Set
            if (around) {
                Walk outer = this
                e.code?.visit(new CodeVisitorSupport() {
                    @Override
                    void visitVariableExpression(VariableExpression v) {
                        if (around.contains(v.name)) { outer.report(v, 'loop-capture') }
                    }
                })
            }
            // In the closure itself a loop is a loop of its own.
            List<Set<String>> kept = loops
            loops = []
            e.code?.visit(this)
            loops = kept
        }

        @Override
        void visitBinaryExpression(BinaryExpression e) {
            if (e.operation.text == '=~') { report(e, 'matcher') }
            super.visitBinaryExpression(e)
        }

        @Override
        void visitConstructorCallExpression(ConstructorCallExpression e) {
            String name = e.type.name.replaceAll(/.*\./, '')
            if (name in ['JsonSlurper', 'JsonSlurperClassic', 'JsonOutput', 'JsonBuilder']) { report(e, 'json') }
            if (name in ['File', 'URL', 'FileReader', 'FileInputStream', 'FileWriter', 'ProcessBuilder', 'Socket']) { report(e, 'controller') }
            super.visitConstructorCallExpression(e)
        }

        @Override
        void visitMethodCallExpression(MethodCallExpression e) {
            String name = e.methodAsString
            List<Expression> args = e.arguments instanceof TupleExpression ? e.arguments.expressions : []
            boolean closure = args && args[-1] instanceof ClosureExpression
            String on = e.objectExpression instanceof VariableExpression ? e.objectExpression.name : ''
            boolean step = Steps.NAMED.containsKey(name) && (e.implicitThis || on in ['this', 'steps', 'script'])
            if (GDK.contains(name) && closure) { report(e, 'gdk-closure') }
            if (ITERATORS.contains(name)) { report(e, 'iterator') }
            if (name == 'execute' && !args && !e.implicitThis) { report(e, 'controller') }
            if (on == 'JsonOutput' || name in ['readJSON', 'writeJSON', 'parseJson']) { report(e, 'json') }
            if (native_ && (step || cps.contains(name) && (e.implicitThis || on == 'this'))) { report(e, 'noncps-step') }
            if (step && name in ['sh', 'bat']) { args.each { interpolated(it) } }
            super.visitMethodCallExpression(e)
        }

        private void interpolated(Expression a) {
            if (a instanceof MapExpression) {
                a.mapEntryExpressions.each { if (it.keyExpression.text == 'script') { interpolated(it.valueExpression) } }
            } else if (a instanceof NamedArgumentListExpression) {
                a.mapEntryExpressions.each { if (it.keyExpression.text == 'script') { interpolated(it.valueExpression) } }
            } else if (a instanceof GStringExpression) {
                report(a, 'interpolated')
            }
        }
    }
}
