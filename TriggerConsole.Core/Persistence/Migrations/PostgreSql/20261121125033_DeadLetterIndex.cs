using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class DeadLetterIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_executions_dead",
                table: "executions",
                columns: new[] { "trigger_id", "last_code", "is_test", "id", "created_at" },
                filter: "status = 'DeadLettered'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_executions_dead",
                table: "executions");
        }
    }
}
