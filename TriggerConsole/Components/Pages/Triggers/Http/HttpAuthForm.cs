using System.Text.Json;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Http;

namespace TriggerConsole.Components.Pages.Triggers.Http;

/// <summary>How the call signs in, as chosen and typed. What belongs to another choice is kept here, but not sent.</summary>
public sealed class HttpAuthForm
{
    public HttpAuthType Type { get; set; }

    public string Username { get; set; } = "";

    public SecretText Password { get; set; } = new();

    public SecretText Token { get; set; } = new();

    public ApiKeyPlace In { get; set; }

    public string Name { get; set; } = "";

    public SecretText Value { get; set; } = new();

    public string TokenUrl { get; set; } = "";

    public string ClientId { get; set; } = "";

    public SecretText ClientSecret { get; set; } = new();

    public string Scope { get; set; } = "";

    public string Audience { get; set; } = "";

    public ClientAuthentication ClientAuthentication { get; set; }

    /// <param name="shown">The same as the API shows it, with the marks of what is stored.</param>
    public static HttpAuthForm Of(HttpAuth auth, JsonElement shown)
    {
        var form = new HttpAuthForm
        {
            Type = auth.Type,
            Username = auth.Username ?? "",
            In = auth.In ?? ApiKeyPlace.Header,
            Name = auth.Name ?? "",
            TokenUrl = auth.TokenUrl ?? "",
            ClientId = auth.ClientId ?? "",
            Scope = auth.Scope ?? "",
            Audience = auth.Audience ?? "",
            ClientAuthentication = auth.ClientAuthentication ?? ClientAuthentication.Basic,
        };
        if (shown.ValueKind != JsonValueKind.Object) return form;
        form.Password = SecretText.Read(shown, "password");
        form.Token = SecretText.Read(shown, "token");
        form.Value = SecretText.Read(shown, "value");
        form.ClientSecret = SecretText.Read(shown, "clientSecret");
        return form;
    }

    public HttpAuth ToSettings() => Type switch
    {
        HttpAuthType.Basic => new() { Type = Type, Username = Username, Password = Password.ToSettings() },
        HttpAuthType.Bearer => new() { Type = Type, Token = Token.ToSettings() },
        HttpAuthType.ApiKey => new() { Type = Type, In = In, Name = Name.Trim(), Value = Value.ToSettings() },
        HttpAuthType.OAuth2 => new()
        {
            Type = Type,
            TokenUrl = TokenUrl.Trim(),
            ClientId = ClientId,
            ClientSecret = ClientSecret.ToSettings(),
            Scope = OrNull(Scope),
            Audience = OrNull(Audience),
            ClientAuthentication = ClientAuthentication,
        },
        _ => HttpAuth.None,
    };

    public HttpAuthForm WithoutSecrets(bool forgetStored)
    {
        var copy = (HttpAuthForm)MemberwiseClone();
        copy.Password = Without(Password);
        copy.Token = Without(Token);
        copy.Value = Without(Value);
        copy.ClientSecret = Without(ClientSecret);
        return copy;

        SecretText Without(SecretText secret)
        {
            var without = secret.WithoutSecret();
            return forgetStored ? new() { Text = without.Text } : without;
        }
    }

    private static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
