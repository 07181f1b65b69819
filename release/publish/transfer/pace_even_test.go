package transfer

import "testing"

func TestEven(t *testing.T) {
	for _, c := range []struct{ most, parts, want int }{
		{64, 72, 36},   // two rounds either way
		{64, 64, 64},   // one round
		{64, 65, 33},   // not one that carries a single part
		{64, 3, 3},     // fewer parts than connections
		{64, 495, 62},  // many small parts: hardly less
		{64, 0, 64},    // nothing to send
		{1, 10, 1},     // who asked for one gets one
		{24, 100, 20},  // what a caller asked for is evened too
		{64, 1280, 64}, // whole rounds already
	} {
		p := newPace(c.most)
		p.even(c.parts)
		if p.most != c.want || p.limit > p.most || p.goal > p.most {
			t.Errorf("%d parts over at most %d: most %d, want %d (limit %d, goal %d)", c.parts, c.most, p.most, c.want, p.limit, p.goal)
		}
		if old, now := (c.parts+c.most-1)/c.most, (c.parts+p.most-1)/p.most; old != now {
			t.Errorf("%d parts: %d rounds instead of %d", c.parts, now, old)
		}
	}
}
