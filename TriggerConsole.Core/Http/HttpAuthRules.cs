using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>What each way of signing in needs.</summary>
internal static class HttpAuthRules
{
    private const int MaxLength = 8192;

    /// <summary>Whether the sign-in brings this header itself.</summary>
    public static bool SetsHeader(HttpAuth auth, string name) => auth.Type switch
    {
        HttpAuthType.Basic or HttpAuthType.Bearer or HttpAuthType.OAuth2 => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase),
        HttpAuthType.ApiKey => auth.In != ApiKeyPlace.Query && name.Equals(auth.Name, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>The address of the token endpoint is checked with the other addresses.</summary>
    public static void Check(HttpTriggerSettings settings, FieldErrors errors)
    {
        var auth = settings.Auth;
        switch (auth.Type)
        {
            case HttpAuthType.Basic:
                if (string.IsNullOrEmpty(auth.Username)) errors.Add("username", "Give the user name.");
                else if (!auth.Username.Contains('{') && auth.Username.Contains(':')) errors.Add("username", "A user name for basic sign-in cannot hold a colon (RFC 7617).");
                if (auth.Password is null) errors.Add("password", "Give the password.");
                break;
            case HttpAuthType.Bearer:
                if (string.IsNullOrEmpty(auth.Token)) errors.Add("token", "Give the token, without the word Bearer.");
                break;
            case HttpAuthType.ApiKey:
                if (string.IsNullOrEmpty(auth.Value)) errors.Add("value", "Give the key.");
                if (string.IsNullOrEmpty(auth.Name)) errors.Add("name", auth.In == ApiKeyPlace.Query ? "Give the name of the parameter, for example api_key." : "Give the name of the header, for example X-Api-Key.");
                else if (auth.In != ApiKeyPlace.Query && HttpSettingsValidator.CheckHeaderName(auth.Name) is { } fault) errors.Add("name", fault);
                break;
            case HttpAuthType.OAuth2:
                if (string.IsNullOrEmpty(auth.ClientId)) errors.Add("clientId", "Give the client id.");
                if (string.IsNullOrEmpty(auth.ClientSecret)) errors.Add("clientSecret", "Give the client secret.");
                break;
        }
        CheckLength(auth.Username, "username");
        CheckLength(auth.Password, "password");
        CheckLength(auth.Token, "token");
        CheckLength(auth.Value, "value");
        CheckLength(auth.ClientId, "clientId");
        CheckLength(auth.ClientSecret, "clientSecret");
        CheckLength(auth.Scope, "scope");
        CheckLength(auth.Audience, "audience");

        void CheckLength(string? value, string field)
        {
            if (value?.Length > MaxLength) errors.Add(field, $"This is longer than {MaxLength:N0} characters.");
        }
    }
}
