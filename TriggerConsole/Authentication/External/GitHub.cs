using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace TriggerConsole.Authentication.External;

/// <summary>GitHub speaks OAuth 2.0 without OpenID Connect: who it is, its API says.</summary>
internal static class GitHub
{
    public const string Scheme = "GitHub";
    private const string Site = "https://github.com";

    public static void Configure(OAuthOptions options, GitHubOptions settings)
    {
        var site = settings.Server.Length == 0 ? Site : settings.Server.TrimEnd('/');
        // docs.github.com: an Enterprise server has its API below its own address
        var api = settings.Server.Length == 0 ? "https://api.github.com" : site + "/api/v3";
        options.AuthorizationEndpoint = site + "/login/oauth/authorize";
        options.TokenEndpoint = site + "/login/oauth/access_token";
        options.UserInformationEndpoint = api + "/user";
        options.Scope.Add("user:email");
        options.Events.OnCreatingTicket = async context =>
        {
            using var user = await AskAsync(context, context.Options.UserInformationEndpoint);
            if (!user.RootElement.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number) throw new ProviderException("GitHub does not say who it is.");
            using var emails = await AskAsync(context, api + "/user/emails");
            ExternalClaims.Add(context.Identity!, id.GetRawText(), Primary(emails.RootElement), isVerified: true);
        };
    }

    // The profile's own e-mail is what someone has typed in; this list says which ones GitHub has seen to be his
    private static string? Primary(JsonElement emails)
    {
        if (emails.ValueKind != JsonValueKind.Array) return null;
        foreach (var email in emails.EnumerateArray())
            if (Is(email, "primary") && Is(email, "verified") && email.TryGetProperty("email", out var text) && text.ValueKind == JsonValueKind.String) return text.GetString();
        return null;
    }

    private static bool Is(JsonElement email, string name) => email.ValueKind == JsonValueKind.Object && email.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static async Task<JsonDocument> AskAsync(OAuthCreatingTicketContext context, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new("Bearer", context.AccessToken);
        return await context.Backchannel.ReadAsync(request, context.HttpContext.RequestAborted);
    }
}
