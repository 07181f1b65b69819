import groovy.json.JsonOutput
import groovy.json.JsonSlurper

void call(Map all) {
    def back = new JsonSlurper().parseText('{}') // want: json
    def again = new groovy.json.JsonSlurperClassic().parseText('{}') // want: json
    echo JsonOutput.toJson(all) // want: json
    readJSON text: '{}' // want: json
}
