package gather

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkSnapshot tells the median and the 95th percentile of a whole look:
//
//	go test ./envcheck/gather -run '^$' -bench Snapshot -benchtime 200x
func BenchmarkSnapshot(b *testing.B) {
	for _, c := range []string{"go", "no go", "bricked"} {
		b.Run(c, func(b *testing.B) {
			w := newWorld(b)
			w.write("go.mod", "module example.com/m\n\ngo 1.25\n")
			switch c {
			case "no go":
				w.set("PATH=/usr/bin:/bin")
			case "bricked":
				w.envFile("GOROOT=/home/dev/nowhere\n")
			}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				w.look()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100])/1e6, "p95-ms")
		})
	}
}
