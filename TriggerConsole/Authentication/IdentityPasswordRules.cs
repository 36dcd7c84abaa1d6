using Microsoft.AspNetCore.Identity;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;

namespace TriggerConsole.Authentication;

/// <summary>Our rules for passwords where ASP.NET Core Identity asks for them.</summary>
internal sealed class IdentityPasswordRules : IPasswordValidator<User>
{
    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
        => Task.FromResult(PasswordRules.Fault(password, user.Email, user.Name) is { } fault ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = fault }) : IdentityResult.Success);
}
