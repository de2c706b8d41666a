{{- define "clearway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough that "-gateway" still fits into a DNS label. */}}
{{- define "clearway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "clearway.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "clearway.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "clearway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "clearway.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "clearway.labels" -}}
{{ include "clearway.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "clearway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "clearway.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "clearway.image" -}}
{{ required "image.repository is required" .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "clearway.claim" -}}
{{- default (include "clearway.fullname" .) .Values.server.persistence.existingClaim -}}
{{- end -}}

{{/* What the chart sets wins: its probes, Services and volumes point to it. */}}
{{- define "clearway.serverConfig" -}}
{{- $store := dict "backend" "sqlite" "sqlite" (dict "path" "/var/lib/clearway/clearway.db") -}}
{{- if .Values.server.postgres.secretName -}}
{{- $store = dict "backend" "postgres" "postgres" (dict "conninfo_file" "/etc/clearway-postgres/conninfo") -}}
{{- end -}}
{{- $own := dict
      "grpc_address" "0.0.0.0:50051"
      "http_address" "0.0.0.0:9464"
      "tenants" .Values.server.tenants
      "store" $store -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.server.config) $own) -}}
{{- end -}}

{{- define "clearway.gatewayConfig" -}}
{{- $sources := list -}}
{{- range $index, $source := .Values.gateway.sources -}}
{{- $entry := dict "kind" $source.kind "tenant" $source.tenant -}}
{{- if $source.path }}{{ $_ := set $entry "path" $source.path }}{{ end -}}
{{- if $source.allowUnsigned }}{{ $_ := set $entry "allow_unsigned" true }}{{ end -}}
{{- if $source.secrets -}}
{{- $files := list -}}
{{- range $place, $secret := $source.secrets -}}
{{- $files = append $files (printf "/etc/clearway/secrets/%d-%d" $index $place) -}}
{{- end -}}
{{- $_ := set $entry "secret_files" $files -}}
{{- end -}}
{{- $sources = append $sources $entry -}}
{{- end -}}
{{- $own := dict
      "http_address" "0.0.0.0:8080"
      "clearwayd_address" (printf "%s:%v" (include "clearway.fullname" .) .Values.server.service.grpcPort)
      "sources" $sources -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.gateway.config) $own) -}}
{{- end -}}

{{- define "clearway.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "clearway.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "clearway.scheduling" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
