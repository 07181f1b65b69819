import dev.yingzao.Pipeline

/** Checks the Go environment of a machine; parameters are in goEnvCheck.txt. */
void call(Map parameters = [:], Closure fetch = null) {
    new Pipeline(this, parameters, fetch).check()
}

void call(Closure fetch) { call([:], fetch) }
