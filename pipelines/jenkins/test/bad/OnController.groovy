void call() {
    new File('out').text = 'here' // want: controller
    new java.net.URL('https://a.example').text // want: controller
    'uname'.execute() // want: controller
    new ProcessBuilder('uname').start() // want: controller
}
