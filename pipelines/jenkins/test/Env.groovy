/** The global variable env: reads what a script would see, writes for the rest of the build. */
class Env implements Serializable {
    Object getProperty(String name) {
        Map<String, String> all = Context.get().variables()
        return name == 'properties' ? null : all[name]
    }

    void setProperty(String name, Object value) {
        Steps.portable("env.${name}", value)
        Context c = Context.get()
        Context.CURRENT.set(c.with(layer: c.layer + [(name): value == null ? '' : value.toString()]))
    }
}
