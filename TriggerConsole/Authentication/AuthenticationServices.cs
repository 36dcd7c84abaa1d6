using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using TriggerConsole.Api;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Authentication;

/// <summary>Who is there: people by cookie, programs by key.</summary>
internal static class AuthenticationServices
{
    private const string Either = "CookieOrKey";
    private static readonly TimeSpan s_sessionCheck = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddTriggerConsoleAuthentication(this IServiceCollection services)
    {
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = context
                => AccessTokenAuthentication.IsShown(context.Request) ? AccessTokenAuthentication.SchemeName : ApiKeyAuthentication.IsShown(context.Request) ? ApiKeyAuthentication.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, AccessTokenAuthentication>(AccessTokenAuthentication.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, Configure)
            // Signed out of together with the session when that is ended from elsewhere; Identity takes it for granted
            .AddCookie(IdentityConstants.TwoFactorRememberMeScheme);
        services.AddIdentityCore<User>(Configure)
            .AddEntityFrameworkStores<TriggerConsoleDbContext>()
            .AddSignInManager()
            .AddClaimsPrincipalFactory<UserClaims>()
            .AddDefaultTokenProviders();
        // OWASP's figure for PBKDF2 with HMAC-SHA512, 2023; the default is half of it
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        // A changed password, a lock or "sign out everywhere" counts in other sessions within this time; each look costs one query
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = s_sessionCheck);
        services.AddAuthorization(PermissionPolicies.Add);
        services.AddCascadingAuthenticationState();
        services.AddScoped<CircuitGuard>();
        services.AddSingleton<FirstStart>();
        services.AddHostedService(provider => provider.GetRequiredService<FirstStart>());
        return services;
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        // Length over rules (NIST SP 800-63B, section 5.1.1)
        options.Password.RequiredLength = 10;
        options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
        options.Password.RequiredUniqueChars = 4;
        options.Lockout.MaxFailedAccessAttempts = 8;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "triggerconsole";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.ExpireTimeSpan = TimeSpan.FromDays(14);
        options.SlidingExpiration = true;
        options.Events = new()
        {
            OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync,
            OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized, "unauthenticated", "Not signed in", "Sign in, or send an API key in the header X-Api-Key."),
            OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Your role does not allow this."),
        };
    }

    // Programs want an answer, people the sign-in page
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status, string type, string title, string detail)
    {
        if (IsForPrograms(context.Request.Path)) return ApiProblems.Problem(status, type, title, detail).ExecuteAsync(context.HttpContext);
        if (status == StatusCodes.Status401Unauthorized) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status; // and the page that says so
        return Task.CompletedTask;
    }

    private static bool IsForPrograms(PathString path)
        => path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/openapi");
}
