package bundle

import "os"

// replace takes two renames where there was something. A process killed between
// them leaves no bundle, never half of one.
func replace(from, to, aside string) error {
	if exists(to) {
		if err := os.Rename(to, aside); err != nil {
			return err
		}
	}
	err := os.Rename(from, to)
	if err != nil && exists(aside) {
		_ = os.Rename(aside, to) // the old one is better than none
	}
	return err
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
