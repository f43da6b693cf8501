#pragma once

// Speaks the part of libsrtp 3's interface that the worker uses, in terms of libsrtp 2.5, which is
// what Debian packages. Two things differ: in libsrtp 3 a policy is an opaque object with setters,
// and protecting or unprotecting reads one buffer and writes another.

#include <openssl/crypto.h>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>

// libsrtp 2 calls its policy struct what libsrtp 3 calls the pointer to it.
#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

using srtp_policy_t = srtp2_policy_t*;

// Error codes that libsrtp 2 does not have, with libsrtp 3's values.
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new srtp2_policy_t{};

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto err = srtp_crypto_policy_set_from_profile_for_rtp(&policy->rtp, profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->rtcp, profile);
}

inline size_t srtp2_policy_key_length(const srtp2_policy_t* policy)
{
	return static_cast<size_t>(policy->rtp.cipher_key_len);
}

// libsrtp 2 wants key and salt in one piece. The policy owns that piece until it is destroyed.
// Only one key, without an identifier (MKI), is supported; the profile must have been set before.
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* mki,
  size_t mkiLen)
{
	if (policy->key || mki || mkiLen != 0 || keyLen + saltLen != srtp2_policy_key_length(policy))
	{
		return srtp_err_status_bad_param;
	}

	policy->key = new uint8_t[keyLen + saltLen];
	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t windowSize)
{
	policy->window_size = windowSize;

	return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (policy->key)
	{
		OPENSSL_cleanse(policy->key, srtp2_policy_key_length(policy));
		delete[] policy->key;
	}

	delete policy;
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

// Runs one of libsrtp 2's functions, which work in place, with separate buffers. `outLen` is the
// room in `out` before the call and the length written after it. `growth` is how many bytes the
// function may add to the packet.
template<typename InPlace>
srtp_err_status_t srtp2_run(
  InPlace inPlace, srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t growth)
{
	if (inLen > INT_MAX - growth || inLen + growth > *outLen)
	{
		return srtp_err_status_buffer_small;
	}

	if (in != out)
	{
		std::memmove(out, in, inLen);
	}

	int len        = static_cast<int>(inLen);
	const auto err = inPlace(session, out, &len);

	if (err == srtp_err_status_ok)
	{
		*outLen = static_cast<size_t>(len);
	}

	return err;
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return srtp2_run(
	  [](srtp_t s, void* data, int* len) { return srtp_protect(s, data, len); },
	  session, rtp, rtpLen, srtp, srtpLen, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return srtp2_run(
	  [](srtp_t s, void* data, int* len) { return srtp_unprotect(s, data, len); },
	  session, srtp, srtpLen, rtp, rtpLen, 0);
}

// A protected RTCP packet also carries a four byte index.
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	return srtp2_run(
	  [](srtp_t s, void* data, int* len) { return srtp_protect_rtcp(s, data, len); },
	  session, rtcp, rtcpLen, srtcp, srtcpLen, SRTP_MAX_TRAILER_LEN + sizeof(uint32_t));
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return srtp2_run(
	  [](srtp_t s, void* data, int* len) { return srtp_unprotect_rtcp(s, data, len); },
	  session, srtcp, srtcpLen, rtcp, rtcpLen, 0);
}
