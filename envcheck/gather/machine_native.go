//go:build unix && !darwin

package gather

func translated() bool { return false }
