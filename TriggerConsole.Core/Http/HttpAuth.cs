using System.Text.Json.Serialization;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Http;

[JsonConverter(typeof(CamelCaseEnum<HttpAuthType>))]
public enum HttpAuthType
{
    None,

    /// <summary>User name and password (RFC 7617).</summary>
    Basic,

    /// <summary>A fixed token (RFC 6750).</summary>
    Bearer,

    /// <summary>A key in a header or query parameter of any name.</summary>
    ApiKey,

    /// <summary>A token fetched with client credentials (RFC 6749, section 4.4).</summary>
    [JsonStringEnumMemberName("oauth2")]
    OAuth2,
}

[JsonConverter(typeof(CamelCaseEnum<ApiKeyPlace>))]
public enum ApiKeyPlace
{
    Header,
    Query,
}

/// <summary>How the client shows itself to the token endpoint (RFC 6749, section 2.3.1).</summary>
[JsonConverter(typeof(CamelCaseEnum<ClientAuthentication>))]
public enum ClientAuthentication
{
    /// <summary>In an Authorization header.</summary>
    Basic,

    /// <summary>As <c>client_id</c> and <c>client_secret</c> in the body.</summary>
    Body,
}

/// <summary>How the call signs in. Only the fields of the chosen type count; all of them may hold placeholders.</summary>
public sealed record HttpAuth : ISecretHolder
{
    public static HttpAuth None { get; } = new();

    public HttpAuthType Type { get; init; }

    /// <summary>For <c>basic</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    /// <summary>For <c>basic</c>.</summary>
    [SecretField]
    public string? Password { get; init; }

    /// <summary>For <c>bearer</c>.</summary>
    [SecretField]
    public string? Token { get; init; }

    /// <summary>For <c>apiKey</c>. Default: header.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApiKeyPlace? In { get; init; }

    /// <summary>For <c>apiKey</c>: name of the header or query parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>For <c>apiKey</c>.</summary>
    [SecretField]
    public string? Value { get; init; }

    /// <summary>For <c>oauth2</c>: the token endpoint.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenUrl { get; init; }

    /// <summary>For <c>oauth2</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientId { get; init; }

    /// <summary>For <c>oauth2</c>.</summary>
    [SecretField]
    public string? ClientSecret { get; init; }

    /// <summary>For <c>oauth2</c>: scopes separated by spaces, if the server wants any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    /// <summary>For <c>oauth2</c>: the <c>audience</c> parameter that some servers want.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Audience { get; init; }

    /// <summary>For <c>oauth2</c>. Default: basic.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClientAuthentication? ClientAuthentication { get; init; }

    bool ISecretHolder.Uses(string property) => property switch
    {
        nameof(Password) => Type == HttpAuthType.Basic,
        nameof(Token) => Type == HttpAuthType.Bearer,
        nameof(Value) => Type == HttpAuthType.ApiKey,
        nameof(ClientSecret) => Type == HttpAuthType.OAuth2,
        _ => true,
    };
}
