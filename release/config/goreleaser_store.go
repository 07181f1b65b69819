package config

import (
	"cmp"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

// objectUpload is the stanza that articles show as if GoReleaser had it.
type objectUpload struct {
	Name     string   `yaml:"name"`
	IDs      []string `yaml:"ids"`
	Provider string   `yaml:"provider"`
	Region   string   `yaml:"region"`
	Bucket   string   `yaml:"bucket"`
	Folder   string   `yaml:"folder"`
	Endpoint string   `yaml:"endpoint"`
}

// objectBlob are the keys of GoReleaser's blobs that have a meaning for an
// object store of ours.
type objectBlob struct {
	Provider         string   `yaml:"provider"`
	Bucket           string   `yaml:"bucket"`
	Region           string   `yaml:"region"`
	Directory        string   `yaml:"directory"`
	Folder           string   `yaml:"folder"`
	Endpoint         string   `yaml:"endpoint"`
	S3ForcePathStyle *bool    `yaml:"s3_force_path_style"`
	IDs              []string `yaml:"ids"`
	IncludeMeta      bool     `yaml:"include_meta"`
	DisableSSL       bool     `yaml:"disable_ssl"`
	ACL              string   `yaml:"acl"`
	KMSKey           string   `yaml:"kms_key"`
	CacheControl     []string `yaml:"cache_control"`
	Disposition      string   `yaml:"content_disposition"`
	ExtraFiles       []any    `yaml:"extra_files"`
	ExtraFilesOnly   bool     `yaml:"extra_files_only"`
	Disable          string   `yaml:"disable"`
}

// uploads translates the object stores among uploads and refuses the rest: an
// HTTP upload, because it would not happen, and an entry that goes nowhere,
// because GoReleaser calls that a success.
func (r *reader) uploads(list *yaml.Node) (stores []Store) {
	for _, n := range r.items("uploads", list) {
		switch {
		case unused(n):
		case field(n, "provider") != nil:
			var u objectUpload
			if err := r.file.DecodeNode(n, "uploads", &u); err != nil {
				r.errs = append(r.errs, asOurs(err))
				continue
			}
			b := bucket{Provider: u.Provider, Bucket: u.Bucket, Region: u.Region, Folder: u.Folder, Endpoint: u.Endpoint}
			stores = append(stores, r.store("uploads", n, u.Name, b)...)
		case field(n, "target") != nil:
			r.refuse("uploads", n, msg.Text{EN: "nothing is uploaded by HTTP PUT", ZH: "不通过 HTTP PUT 上传"})
		default:
			r.refuse("uploads", n, msg.Text{
				EN: "there is neither a target nor a provider, so nothing would be uploaded; GoReleaser reports success for this",
				ZH: "既没有 target 也没有 provider，什么都不会上传；GoReleaser 对此仍报告成功",
			})
		}
	}
	return stores
}

// blobs translates oss, cos and s3; others are clouds that we cannot reach.
func (r *reader) blobs(list *yaml.Node) (stores []Store) {
	for _, n := range r.items("blobs", list) {
		if unused(n) {
			continue
		}
		var c objectBlob
		if err := r.file.DecodeNode(n, "blobs", &c); err != nil {
			r.errs = append(r.errs, asOurs(err))
			continue
		}
		switch c.Provider {
		case "gs", "gcs", "azblob", "azureblob":
			r.refuse("blobs", n, msg.Textf("there is no store for provider %s", "没有面向 provider %s 的存储", c.Provider))
			continue
		}
		for key, set := range map[string]bool{
			"ids": len(c.IDs) > 0, "include_meta": c.IncludeMeta, "acl": c.ACL != "", "kms_key": c.KMSKey != "", "cache_control": len(c.CacheControl) > 0,
			"content_disposition": c.Disposition != "", "extra_files": len(c.ExtraFiles) > 0, "extra_files_only": c.ExtraFilesOnly,
		} {
			if set {
				r.notice("skipped", "blobs."+key, field(n, key).Line, "blobs.%s: %v", "blobs.%s：%v", key, noEffect)
			}
		}
		if c.DisableSSL && c.Endpoint != "" && !strings.Contains(c.Endpoint, "://") {
			c.Endpoint = "http://" + c.Endpoint
		}
		b := bucket{Provider: c.Provider, Bucket: c.Bucket, Region: c.Region, Folder: cmp.Or(c.Directory, c.Folder), Endpoint: c.Endpoint}
		// GoReleaser switches to path style when there is an endpoint, unless told otherwise.
		b.PathStyle = c.Provider == "s3" && (c.S3ForcePathStyle == nil && c.Endpoint != "" || c.S3ForcePathStyle != nil && *c.S3ForcePathStyle)
		stores = append(stores, r.store("blobs", n, "", b)...)
	}
	return stores
}

// store makes a Store of a bucket and says so. For what GoReleaser itself would
// not understand it also says how to write it so that both do.
func (r *reader) store(section string, n *yaml.Node, id string, b bucket) []Store {
	u, err := b.url()
	if err != nil {
		r.errs = append(r.errs, r.file.Errorf(n, "%s: %w", "%s：%w", section, err))
		return nil
	}
	said := msg.Textf("%s: artifacts are published to %s; the folders for project and version are added by themselves",
		"%s：产物将发布到 %s；项目和版本的目录会自动加上", section, u)
	if section == "uploads" || b.Provider != "s3" {
		said = msg.Textf("%v. GoReleaser has no provider %s; to keep this file valid for it, move the store to .yingzao.yaml: release: {from: %s, stores: [%q]}",
			"%v。GoReleaser 没有 %s 这种 provider；若要让它也能读此文件，请把存储移到 .yingzao.yaml：release: {from: %s, stores: [%q]}", said, b.Provider, r.file.Name(), u)
	}
	r.notices = append(r.notices, Notice{Code: "translated", Section: section, Line: n.Line, Text: said})
	return []Store{{ID: id, URL: u}}
}

// items are the entries of a list of stores, none of them silently lost.
func (r *reader) items(section string, n *yaml.Node) []*yaml.Node {
	n = yamlfile.Resolve(n)
	if n.Kind != yaml.SequenceNode {
		if !unused(n) {
			r.fail(n, "%s: expected a list", "%s：此处应为列表", section)
		}
		return nil
	}
	var all []*yaml.Node
	for _, c := range n.Content {
		if c = yamlfile.Resolve(c); c.Kind != yaml.MappingNode {
			r.fail(c, "%s: expected keys and values", "%s：此处应为键值对", section)
			continue
		}
		all = append(all, c)
	}
	return all
}

// field is the value of a key in a mapping; nil when it is not there.
func field(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
