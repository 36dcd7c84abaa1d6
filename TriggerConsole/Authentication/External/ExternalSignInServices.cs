using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Identity;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Authentication.External;

/// <summary>A provider that is set up: its scheme, and what its button says.</summary>
internal sealed record ExternalProvider(string Scheme, string Title);

/// <summary>The providers that are set up, in the order of their buttons.</summary>
internal sealed record ExternalProviders(IReadOnlyList<ExternalProvider> All)
{
    public bool Any => All.Count > 0;

    public ExternalProvider? Find(string? scheme) => All.FirstOrDefault(p => p.Scheme == scheme);
}

/// <summary>Sign-in with GitHub, Google and any OpenID Connect provider; each only when it is set up.</summary>
internal static partial class ExternalSignInServices
{
    private const string Google = "Google";
    private const string GoogleIssuer = "https://accounts.google.com";

    public static AuthenticationBuilder AddExternalSignIn(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var services = authentication.Services;
        services.AddOptionsWithValidateOnStart<ExternalSignInOptions, ExternalSignInOptionsRules>().BindConfiguration(ExternalSignInOptions.SectionName);
        services.AddSingleton<OpenIdDocuments>();
        services.AddScoped<ExternalUsers>();
        authentication.AddCookie(IdentityConstants.ExternalScheme, options =>
        {
            options.Cookie.Name = "triggerconsole.external";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
        });
        // Schemes are made before anything can be asked for; that the values are right, the rules above see at start
        var settings = configuration.GetSection(ExternalSignInOptions.SectionName).Get<ExternalSignInOptions>() ?? new();
        var all = new List<ExternalProvider>();
        if (settings.GitHub.IsOn)
        {
            all.Add(new(GitHub.Scheme, "GitHub"));
            authentication.AddOAuth<OAuthOptions, OAuthHandler<OAuthOptions>>(GitHub.Scheme, options =>
            {
                Configure(options, settings.GitHub, "/sign-in/github");
                GitHub.Configure(options, settings.GitHub);
            });
        }
        if (settings.Google.IsOn) AddOpenId(Google, Google, GoogleIssuer, settings.Google, "/sign-in/google");
        foreach (var provider in settings.OpenId.Where(p => p.IsOn && p.Name.Length > 0))
            AddOpenId($"openid-{provider.Name}", provider.Title.Length > 0 ? provider.Title : provider.Name, provider.Authority, provider, $"/sign-in/openid/{provider.Name}");
        services.AddSingleton(new ExternalProviders(all));
        services.AddOptions<OAuthOptions>(GitHub.Scheme).Configure<EgressConnector>((options, connector) => options.Backchannel = Backchannel.Create(connector));
        return authentication;

        void AddOpenId(string scheme, string title, string authority, ClientOptions client, string path)
        {
            all.Add(new(scheme, title));
            authentication.AddOAuth<OpenIdOptions, OpenIdHandler>(scheme, options =>
            {
                Configure(options, client, path);
                options.Authority = authority;
                // Replaced by what discovery says; the handler wants some address to start with
                options.AuthorizationEndpoint = options.TokenEndpoint = authority;
                foreach (var scope in (string[])["openid", "email"]) options.Scope.Add(scope);
            });
            services.AddOptions<OpenIdOptions>(scheme).Configure<EgressConnector>((options, connector) => options.Backchannel = Backchannel.Create(connector));
        }
    }

    private static void Configure(OAuthOptions options, ClientOptions client, string path)
    {
        options.ClientId = client.ClientId;
        options.ClientSecret = client.ClientSecret;
        options.CallbackPath = path;
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.UsePkce = true; // RFC 9700 section 2.1.1
        options.SaveTokens = false;
        options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.Events.OnRemoteFailure = context =>
        {
            // What a provider, or somebody in its name, sends is for the log; people read a sentence of ours
            LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILogger<ExternalProviders>>(), context.Scheme.Name, context.Failure?.Message);
            var isDeclined = context.Request.Query["error"] == "access_denied";
            context.Response.Redirect($"/sign-in?problem={(isDeclined ? "declined" : "provider")}");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    [LoggerMessage(EventIds.ExternalSignInFailed, LogLevel.Warning, "Sign-in with {Provider} failed: {Reason}")]
    internal static partial void LogFailed(ILogger logger, string provider, string? reason);
}
