import dev.yingzao.Pipeline

/**
 * Builds, merges and publishes a release; parameters are in goRelease.txt. A body, if
 * there is one, brings the sources into the current folder instead of `checkout scm`.
 */
void call(Map parameters = [:], Closure fetch = null) {
    new Pipeline(this, parameters, fetch).release()
}

void call(Closure fetch) { call([:], fetch) }
