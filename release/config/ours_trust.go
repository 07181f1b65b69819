package config

import "slices"

type ourLicenses struct {
	Allow  texts             `yaml:"allow,omitempty" jsonschema_description:"SPDX identifiers of licences that linked modules may have. Default: all that are not denied."`
	Deny   texts             `yaml:"deny,omitempty" jsonschema_description:"SPDX identifiers that end the release; unknown for licences that cannot be told."`
	Except map[string]string `yaml:"except,omitempty" jsonschema_description:"Modules that may be linked all the same, each with the reason."`
}

type ourSign struct {
	KeyFile    string `yaml:"key_file,omitempty" jsonschema_description:"A minisign secret key, mode 0600. Default: the environment's YINGZAO_SIGN_KEY, or no signature."`
	SM2KeyFile string `yaml:"sm2_key_file,omitempty" jsonschema_description:"An SM2 key, PKCS #8 in PEM, with a password or not, mode 0600. Default: the environment's YINGZAO_SM2_KEY, or none."`
	Command    texts  `yaml:"command,omitempty" jsonschema_description:"A program that writes a signature of its standard input to its standard output, for an HSM or UKey."`
	CommandKey string `yaml:"command_key,omitempty" jsonschema_description:"The public key that the command signs by, or a file with it; needed with command: what does not hold by it is refused before anything is published."`
	SM3        bool   `yaml:"sm3,omitempty" jsonschema_description:"Write SM3SUMS too. An SM2 key implies it."`
	Required   bool   `yaml:"required,omitempty" jsonschema_description:"Refuse to publish a release without a signature."`
}

// trust are the sections about bills of materials, licences and signatures.
func (l *layer) trust() {
	f, p := l.from, l.to
	for _, format := range f.SBOM {
		if !slices.Contains([]string{"cyclonedx", "spdx"}, format) {
			l.errs = append(l.errs, l.file.Errorf(l.at("sbom"), "release.sbom: %q is neither cyclonedx nor spdx", "release.sbom：%q 既不是 cyclonedx 也不是 spdx", format))
		}
	}
	if len(f.SBOM) > 0 {
		p.SBOMs = nil
	}
	for _, format := range f.SBOM {
		ext := map[string]string{"cyclonedx": ".cdx.json", "spdx": ".spdx.json"}[format]
		p.SBOMs = append(p.SBOMs,
			SBOM{Format: format, About: AboutArtifact, Name: "{{ .ArtifactName }}" + ext},
			SBOM{Format: format, About: AboutRelease, Name: "{{ .ProjectName }}_{{ .Version }}" + ext})
	}
	if c := f.Licenses; c != nil {
		p.Licenses = Licenses{Allow: c.Allow, Deny: c.Deny, Except: c.Except}
	}
	p.Sign = f.Sign.project()
}

func (s *ourSign) project() Sign {
	if s == nil {
		return Sign{}
	}
	return Sign{KeyFile: s.KeyFile, SM2KeyFile: s.SM2KeyFile, Command: s.Command, CommandKey: s.CommandKey, SM3: s.SM3, Required: s.Required}
}
