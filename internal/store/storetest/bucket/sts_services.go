package bucket

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	aliyunAction  = "AssumeRoleWithOIDC"
	tencentAction = "AssumeRoleWithWebIdentity"
)

// aliyun answers the RPC form: parameters in the query, the form, or both. No
// signature is asked for. The answer is XML unless Format=JSON.
func (s *STS) aliyun(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	f := r.Form
	seconds, bad := stsDuration(f.Get("DurationSeconds"))
	call := STSCall{
		Action: f.Get("Action"), Host: r.Host, RoleARN: f.Get("RoleArn"), Provider: f.Get("OIDCProviderArn"),
		Session: f.Get("RoleSessionName"), Duration: seconds,
	}
	switch {
	case call.Action != aliyunAction:
		bad = &refusal{"InvalidAction.NotFound", "Specified api is not found, please check your url and method."}
	case f.Get("Version") != "2015-04-01":
		bad = &refusal{"InvalidVersion", "Specified parameter Version is not valid."}
	case bad == nil && seconds != 0 && seconds < 900*time.Second:
		bad = &refusal{"InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr."}
	}
	key, bad := s.issue(call, f.Get("OIDCToken"), bad)
	asJSON := strings.EqualFold(f.Get("Format"), "JSON")
	if bad != nil {
		reply(w, http.StatusBadRequest, asJSON, struct {
			XMLName   xml.Name `json:"-" xml:"Error"`
			RequestId string
			HostId    string
			Code      string
			Message   string
		}{RequestId: rand.Text(), HostId: r.Host, Code: bad.code, Message: bad.message})
		return
	}
	type credentials struct{ SecurityToken, Expiration, AccessKeySecret, AccessKeyId string }
	type user struct{ AssumedRoleId, Arn string }
	reply(w, http.StatusOK, asJSON, struct {
		XMLName         xml.Name `json:"-" xml:"AssumeRoleWithOIDCResponse"`
		RequestId       string
		AssumedRoleUser user
		Credentials     credentials
	}{
		RequestId:       rand.Text(),
		AssumedRoleUser: user{"331577948954600000:" + call.Session, call.RoleARN + "/" + call.Session},
		Credentials:     credentials{key.Token, key.Expires.Format(time.RFC3339), key.Secret, key.ID},
	})
}

// tencent answers the JSON form. Errors come with status 200 as well.
func (s *STS) tencent(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ProviderId, WebIdentityToken, RoleArn, RoleSessionName string
		DurationSeconds                                        any // number; the documentation's example has a string
	}
	var bad *refusal
	dec := json.NewDecoder(r.Body)
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		bad = &refusal{"InvalidParameter", "The body is not JSON."}
	}
	text := ""
	switch v := in.DurationSeconds.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	seconds, badDuration := stsDuration(text)
	if bad == nil {
		bad = badDuration
	}
	call := STSCall{
		Action: r.Header.Get("X-Tc-Action"), Host: r.Host, RoleARN: in.RoleArn, Provider: in.ProviderId,
		Session: in.RoleSessionName, Duration: seconds,
	}
	switch _, err := strconv.ParseInt(r.Header.Get("X-Tc-Timestamp"), 10, 64); {
	case r.Method != http.MethodPost:
		bad = &refusal{"UnsupportedOperation", "The method must be POST."}
	case call.Action != tencentAction:
		bad = &refusal{"InvalidAction", "The requested action is not valid."}
	case r.Header.Get("X-Tc-Version") != "2018-08-13":
		bad = &refusal{"NoSuchVersion", "The version of the interface does not exist."}
	case err != nil:
		bad = &refusal{"MissingParameter", "The request is missing the parameter X-TC-Timestamp."}
	}
	type problem struct{ Code, Message string }
	type credentials struct{ Token, TmpSecretId, TmpSecretKey string }
	type response struct {
		Error       *problem     `json:",omitempty"`
		ExpiredTime int64        `json:",omitempty"`
		Expiration  string       `json:",omitempty"`
		Credentials *credentials `json:",omitempty"`
		RequestId   string
	}
	out := response{RequestId: rand.Text()}
	if key, bad := s.issue(call, in.WebIdentityToken, bad); bad != nil {
		out.Error = &problem{bad.code, bad.message}
	} else {
		out.ExpiredTime, out.Expiration = key.Expires.Unix(), key.Expires.Format(time.RFC3339)
		out.Credentials = &credentials{key.Token, key.ID, key.Secret}
	}
	reply(w, http.StatusOK, true, map[string]response{"Response": out})
}

func stsDuration(s string) (time.Duration, *refusal) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 || n > 43200 {
		return 0, &refusal{"InvalidParameter.DurationSeconds", "DurationSeconds is not valid."}
	}
	return time.Duration(n) * time.Second, nil
}

func reply(w http.ResponseWriter, status int, asJSON bool, v any) {
	contentType, encode := "application/xml", xml.Marshal
	if asJSON {
		contentType, encode = "application/json", json.Marshal
	}
	b, err := encode(v)
	if err != nil {
		http.Error(w, "cannot encode the answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client may be gone
}
