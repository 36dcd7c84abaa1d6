using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Authentication.External;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Persistence;
using SignInOptions = TriggerConsole.Core.Identity.SignInOptions;

namespace TriggerConsole.Authentication;

/// <summary>Who is there: people by cookie, programs by key.</summary>
internal static class AuthenticationServices
{
    private const string Either = "CookieOrKey";

    public static IServiceCollection AddTriggerConsoleAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = context
                => AccessTokenAuthentication.IsShown(context.Request) ? AccessTokenAuthentication.SchemeName : ApiKeyAuthentication.IsShown(context.Request) ? ApiKeyAuthentication.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, AccessTokenAuthentication>(AccessTokenAuthentication.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, Configure)
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, ConfigureStep)
            .AddExternalSignIn(configuration);
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<IOptions<SignInOptions>>((cookie, signIn) => cookie.ExpireTimeSpan = signIn.Value.IdleLifetime);
        // Sign-ins are our own (SignIns); Identity keeps the users, their hashes and their logins at other providers
        services.AddIdentityCore<User>(Configure).AddEntityFrameworkStores<TriggerConsoleDbContext>().AddPasswordValidator<IdentityPasswordRules>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<TokenSignIns>();
        services.AddSingleton<ShownOnce>();
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenPasswords>());
        services.AddSingleton<IValidateOptions<MailOptions>, MailNeedsPublicUrl>();
        services.AddAuthorization(PermissionPolicies.Add);
        services.AddCascadingAuthenticationState();
        services.AddScoped<CircuitGuard>();
        services.AddSingleton<IAuditActorSource, RequestCaller>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RecordedRefusals>();
        services.AddScoped<CircuitHandler, PageCaller>();
        services.AddSingleton<FirstStart>();
        services.AddHostedService(provider => provider.GetRequiredService<FirstStart>());
        return services;
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        // Our rules (PasswordRules) say it all
        options.Password.RequiredLength = options.Password.RequiredUniqueChars = 1;
        options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "triggerconsole";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.SlidingExpiration = true;
        options.Events = new()
        {
            OnValidatePrincipal = SessionCookies.ValidateAsync,
            OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized, "unauthenticated", "Not signed in", "Sign in, or send an API key in the header X-Api-Key."),
            OnRedirectToAccessDenied = AnswerDeniedAsync,
        };
    }

    // Between password and code: nobody is signed in by it
    private static void ConfigureStep(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "triggerconsole-step";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = SignIns.StepLifetime;
        options.SlidingExpiration = false;
    }

    private static Task AnswerDeniedAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.HttpContext.User.DutyPath() is not { } path) return AnswerAsync(context, StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Your role does not allow this.");
        if (IsForPrograms(context.Request.Path))
            return ApiProblems.Problem(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", $"Something has to be done first: open {path} in a browser.").ExecuteAsync(context.HttpContext);
        context.Response.Redirect(path);
        return Task.CompletedTask;
    }

    // Programs want an answer, people the sign-in page
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status, string type, string title, string detail)
    {
        if (IsForPrograms(context.Request.Path)) return ApiProblems.Problem(status, type, title, detail).ExecuteAsync(context.HttpContext);
        if (status == StatusCodes.Status401Unauthorized) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status; // and the page that says so
        return Task.CompletedTask;
    }

    /// <summary>Whether what answers there is for programs: they get a problem, not a page.</summary>
    public static bool IsForPrograms(PathString path)
        => path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/openapi");
}
