#include <curl/curl.h>

// curl_easy_setopt is variadic, which Swift cannot call: one typed wrapper for each kind of value.
typedef size_t (*hydra_curl_write)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode hydra_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hydra_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hydra_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hydra_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hydra_curl_set_callback(CURL *handle, CURLoption option, hydra_curl_write value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hydra_curl_status(CURL *handle, long *status) {
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}
static inline CURLcode hydra_curl_set_constant(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

// Called about once a second and at every transfer of bytes; anything but 0 ends the exchange.
typedef int (*hydra_curl_progress)(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

static inline CURLcode hydra_curl_set_progress(CURL *handle, CURLoption option, hydra_curl_progress value) {
  return curl_easy_setopt(handle, option, value);
}
