using Microsoft.Extensions.Options;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication.External;

/// <summary>Sign-in with accounts that people have elsewhere. Off until a client id is set.</summary>
public sealed class ExternalSignInOptions
{
    public const string SectionName = "ExternalSignIn";

    /// <summary>Sign-in with GitHub, or a GitHub Enterprise server.</summary>
    public GitHubOptions GitHub { get; init; } = new();

    /// <summary>Sign-in with Google.</summary>
    public ClientOptions Google { get; init; } = new();

    /// <summary>Any provider that publishes a discovery document (OpenID Connect Discovery 1.0).</summary>
    public IList<ProviderOptions> OpenId { get; init; } = [];

    /// <summary>Whether people who have no user here yet get one.</summary>
    public NewUserOptions NewUsers { get; init; } = new();
}

/// <summary>How we are known to a provider.</summary>
public class ClientOptions
{
    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    internal bool IsOn => ClientId.Length > 0;
}

public sealed class GitHubOptions : ClientOptions
{
    /// <summary>A GitHub Enterprise server instead of github.com, for example <c>https://github.example.com</c>.</summary>
    public string Server { get; init; } = "";
}

public sealed class ProviderOptions : ClientOptions
{
    /// <summary>In the address that the provider sends people back to: <c>/sign-in/openid/NAME</c>. Small letters, digits and hyphens.</summary>
    public string Name { get; init; } = "";

    /// <summary>On the button; the name when empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>The issuer. Its discovery document is at <c>/.well-known/openid-configuration</c> below it.</summary>
    public string Authority { get; init; } = "";

    /// <summary>For people to look at: never with the secret.</summary>
    public override string ToString() => $"{Name} ({Authority})";
}

public sealed class NewUserOptions
{
    /// <summary>The role that new ones get; nothing: who has no user here is refused.</summary>
    public Role? Role { get; init; }

    /// <summary>Domains that their verified e-mail must be of; empty: any.</summary>
    public IList<string> Domains { get; init; } = [];
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class ExternalSignInOptionsRules : IValidateOptions<ExternalSignInOptions>
{
    public ValidateOptionsResult Validate(string? name, ExternalSignInOptions options)
    {
        var faults = new List<string>();
        CheckClient($"{ExternalSignInOptions.SectionName}:{nameof(ExternalSignInOptions.GitHub)}", options.GitHub, faults);
        CheckClient($"{ExternalSignInOptions.SectionName}:{nameof(ExternalSignInOptions.Google)}", options.Google, faults);
        if (options.GitHub.Server.Length > 0 && !IsSafe(options.GitHub.Server))
            faults.Add($"{ExternalSignInOptions.SectionName}:GitHub:Server (\"{options.GitHub.Server}\") must be an https:// address.");
        for (var i = 0; i < options.OpenId.Count; i++)
        {
            var (key, provider) = ($"{ExternalSignInOptions.SectionName}:{nameof(ExternalSignInOptions.OpenId)}:{i}", options.OpenId[i]);
            if (provider.Name.Length is 0 or > 40 || !provider.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                faults.Add($"{key}:Name (\"{provider.Name}\") must be 1 to 40 small letters, digits and hyphens.");
            if (options.OpenId.Take(i).Any(p => p.Name == provider.Name)) faults.Add($"{key}:Name (\"{provider.Name}\") is there twice.");
            if (!IsSafe(provider.Authority)) faults.Add($"{key}:Authority (\"{provider.Authority}\") must be the https:// address of the issuer.");
            if (!provider.IsOn) faults.Add($"{key}:ClientId is missing.");
            CheckClient(key, provider, faults);
        }
        // Anyone can have an account at GitHub and Google
        if (options.NewUsers.Role is Role.Administrator) faults.Add($"{ExternalSignInOptions.SectionName}:NewUsers:Role must not be Administrator: administrators are made by administrators.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>https; plain http only for this very machine, to try things out.</summary>
    internal static bool IsSafe(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url.UserInfo.Length == 0;

    private static void CheckClient(string key, ClientOptions client, List<string> faults)
    {
        if (client.IsOn && client.ClientSecret.Length == 0) faults.Add($"{key}:ClientSecret is missing.");
        if (!client.IsOn && client.ClientSecret.Length > 0) faults.Add($"{key}:ClientId is missing.");
    }
}
