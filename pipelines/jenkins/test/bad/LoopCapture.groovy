void call(List targets) {
    Map branches = [:]
    for (int i = 0; i < targets.size(); i++) {
        branches[targets[i]] = { echo targets[i] } // want: loop-capture
        String target = targets[i]
        branches[target + ' fine'] = { echo target }
    }
    parallel branches
}
