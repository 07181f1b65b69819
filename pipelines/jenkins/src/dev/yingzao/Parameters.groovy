package dev.yingzao

import com.cloudbees.groovy.cps.NonCPS

/**
 * What a Jenkinsfile gave to a step, as the variables that yingzao reads: one variable
 * for each parameter. A variable takes any text as it is, so nothing here quotes or
 * encodes, and a job's own parameter named YINGZAO_VERSION works without being passed on.
 *
 * Everything here computes and calls no step, hence @NonCPS throughout.
 */
class Parameters implements Serializable {
    private static final long serialVersionUID = 1L

    private final Map<String, String> given = new LinkedHashMap<String, String>()
    private final String fault

    Parameters(Map raw) {
        fault = take(raw)
    }

    /** Why these parameters cannot be used; null = they can. */
    @NonCPS
    String fault() { return fault }

    /** The value that was given, or ''. */
    @NonCPS
    String given(String name) { return given.get(name) ?: '' }

    /** The variable of a parameter. */
    @NonCPS
    static String variable(String name) { return Known.VARIABLES.get(name) }

    /** NAME=value for everything that was given. */
    @NonCPS
    List<String> environment() {
        List<String> all = new ArrayList<String>()
        List<String> names = new ArrayList<String>(given.keySet())
        for (int i = 0; i < names.size(); i++) {
            all.add(variable(names[i]) + '=' + given.get(names[i]))
        }
        return all
    }

    /** A list's members. */
    @NonCPS
    static List<String> members(String value) {
        List<String> all = new ArrayList<String>()
        String[] parts = value.split('[,\n]')
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].trim()) {
                all.add(parts[i].trim())
            }
        }
        return all
    }

    /** The rows of a list of key=value. */
    @NonCPS
    static Map<String, String> rows(String value) {
        Map<String, String> all = new LinkedHashMap<String, String>()
        List<String> list = members(value)
        for (int i = 0; i < list.size(); i++) {
            int at = list[i].indexOf('=')
            if (at > 0) {
                all.put(list[i].substring(0, at).trim(), list[i].substring(at + 1).trim())
            }
        }
        return all
    }

    @NonCPS
    private String take(Map raw) {
        List names = new ArrayList(raw.keySet())
        for (int i = 0; i < names.size(); i++) {
            String name = names[i].toString()
            if (!Known.VARIABLES.containsKey(name)) {
                String near = nearest(name)
                return near ? "unknown parameter '${name}', did you mean '${near}'? / 未知的参数 '${name}'，您是不是想写 '${near}'？".toString()
                            : "unknown parameter '${name}' / 未知的参数 '${name}'".toString()
            }
            String value = text(raw.get(names[i]))
            if (value == null) {
                return "${name}: give a text, true or false, a list of texts without commas, or a map of such / ${name}：请填写文本、true 或 false、不含逗号的文本列表或映射".toString()
            }
            if (value) {
                given.put(name, value)
            }
        }
        return null
    }

    /** A value as one line of text; '' for null; null for what is no value. */
    @NonCPS
    private static String text(Object value) {
        if (value == null) {
            return ''
        }
        List<String> all = new ArrayList<String>()
        if (value instanceof Map) {
            List keys = new ArrayList(((Map) value).keySet())
            for (int i = 0; i < keys.size(); i++) {
                String v = plain(((Map) value).get(keys[i]), true)
                if (v == null) {
                    return null
                }
                all.add(keys[i].toString() + '=' + v)
            }
            return all.join(',')
        }
        if (value instanceof Collection) {
            List list = new ArrayList((Collection) value)
            for (int i = 0; i < list.size(); i++) {
                String v = plain(list[i], true)
                if (v == null) {
                    return null
                }
                all.add(v)
            }
            return all.join(',')
        }
        return plain(value, false)
    }

    @NonCPS
    private static String plain(Object value, boolean member) {
        if (!(value instanceof CharSequence || value instanceof Boolean || value instanceof Number)) {
            return null
        }
        String s = value.toString()
        return s ==~ /(?s).*[\x00-\x1f].*/ || member && s.contains(',') ? null : s
    }

    /** The known name that a misspelled one is closest to; null = none is close. */
    @NonCPS
    private static String nearest(String name) {
        List<String> names = new ArrayList<String>(Known.VARIABLES.keySet())
        String best = null
        int least = 3 // more than two slips are another word
        for (int i = 0; i < names.size(); i++) {
            int d = distance(plainly(name), plainly(names[i]))
            if (d < least) {
                least = d
                best = names[i]
            }
        }
        return best
    }

    @NonCPS
    private static String plainly(String name) { return name.replace('_', '').replace('-', '').toLowerCase(Locale.ROOT) }

    /** How many letters have to be added, dropped or changed. */
    @NonCPS
    private static int distance(String a, String b) {
        List<Integer> row = new ArrayList<Integer>()
        for (int j = 0; j <= b.length(); j++) {
            row.add(j)
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0]
            row[0] = i
            for (int j = 1; j <= b.length(); j++) {
                int change = corner + (a.substring(i - 1, i) == b.substring(j - 1, j) ? 0 : 1)
                corner = row[j]
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1)
            }
        }
        return row[b.length()]
    }
}
