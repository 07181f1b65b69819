void call(String target) {
    sh "yingzao release build --target ${target}" // want: interpolated
    bat script: "echo $target", label: "build ${target}" // want: interpolated
    sh(script: 'echo "$TARGET"', label: "build ${target}")
}
