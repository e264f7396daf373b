/// A certificate for `viam.test` and 127.0.0.1, and the authority that signed it; made once with openssl, good until
/// 2126, worth nothing anywhere else.
public enum TestCertificate {
  public static let authority = """
    -----BEGIN CERTIFICATE-----
    MIIBlTCCATugAwIBAgIUWoOgXZV5zBq6q7/yfZ42TLZwlM0wCgYIKoZIzj0EAwIw
    FzEVMBMGA1UEAwwMdHJhaW5kIHRlc3RzMCAXDTI2MTEyMTA4MDQwMVoYDzIxMjYx
    MDI4MDgwNDAxWjAXMRUwEwYDVQQDDAx0cmFpbmQgdGVzdHMwWTATBgcqhkjOPQIB
    BggqhkjOPQMBBwNCAARJbkEniHAcSBLvyVJslZVlpd9Wc85R0dC9DFbYq12+6kta
    WQLshh0iS5/cj2s20YNnEoi2EHnFb4MmE7tS/7Fgo2MwYTAdBgNVHQ4EFgQUXXFa
    avhsfmBg0f7LzDlQSYdh/EcwHwYDVR0jBBgwFoAUXXFaavhsfmBg0f7LzDlQSYdh
    /EcwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwID
    SAAwRQIgXwyEohkr2SsSYXe8cyi27QXz39WgfST+swRw4/orrccCIQDpiIgpc2ZZ
    pi6soO6rYqLPiMPKMIysXAEA75bBztK5Tw==
    -----END CERTIFICATE-----
    """

  static let chain = """
    -----BEGIN CERTIFICATE-----
    MIIBrjCCAVOgAwIBAgIUUnlTAYI5dNAm1I/6Hq+sBqIwgfkwCgYIKoZIzj0EAwIw
    FzEVMBMGA1UEAwwMdHJhaW5kIHRlc3RzMCAXDTI2MTEyMTA4MDQwMloYDzIxMjYx
    MDI4MDgwNDAyWjAUMRIwEAYDVQQDDAl2aWFtLnRlc3QwWTATBgcqhkjOPQIBBggq
    hkjOPQMBBwNCAASub13p5lpJlKnKur377Fcn4hrNGF74qyVOaK5a4cjVSgPqctc2
    jhWNW5nvXvOvuZeBBoY2AYs/4nplJp4eVLD4o34wfDAaBgNVHREEEzARggl2aWFt
    LnRlc3SHBH8AAAEwEwYDVR0lBAwwCgYIKwYBBQUHAwEwCQYDVR0TBAIwADAdBgNV
    HQ4EFgQU7epGxgopRAlg1khMThFCNFja3LAwHwYDVR0jBBgwFoAUXXFaavhsfmBg
    0f7LzDlQSYdh/EcwCgYIKoZIzj0EAwIDSQAwRgIhAPO60WpJ+HpseiQFCkdKrtYz
    vnDGTIyQxTZtTdZY945NAiEAtJCMeXpFuRaN6JX52UqmHF/FQ3VHzsmGrEDiR0cA
    0/E=
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTnddz/nxS/X5kEXv
    y/Q8KxGiRS/WIQnYWhPkygGIaf2hRANCAASub13p5lpJlKnKur377Fcn4hrNGF74
    qyVOaK5a4cjVSgPqctc2jhWNW5nvXvOvuZeBBoY2AYs/4nplJp4eVLD4
    -----END PRIVATE KEY-----
    """
}
